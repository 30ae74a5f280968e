using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>Makes nodes of what a JSON document holds. Offsets are bytes from the document's start, after a byte order mark.</summary>
internal interface IJsonBuilder<TNode>
{
    /// <summary>A string.</summary>
    TNode String(string value, int offset);

    /// <summary>A number.</summary>
    TNode Number(JsonNumber value, int offset);

    /// <summary>true or false.</summary>
    TNode Boolean(bool value, int offset);

    /// <summary>null.</summary>
    TNode Null(int offset);

    /// <summary>An array.</summary>
    TNode Array(List<TNode> items, int offset);

    /// <summary>An object, in the document's order, no key twice.</summary>
    TNode Object(List<JsonMember<TNode>> members, int offset);
}

/// <summary>A member of an object.</summary>
internal readonly record struct JsonMember<TNode>(string Key, int KeyOffset, TNode Value);

/// <summary>
/// Walks a JSON document with the runtime's own tokenizer, whose grammar is RFC 8259's, and adds what that leaves
/// open: keys once, valid UTF-8, paired surrogates, bounded numbers, depth and count.
/// </summary>
internal static class JsonWalk
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Walks a document.</summary>
    /// <exception cref="JsonInvalidException">The document is not strict JSON or exceeds a limit.</exception>
    public static TNode Run<TNode>(ReadOnlyMemory<byte> utf8, string name, JsonLimits limits, IJsonBuilder<TNode> builder)
    {
        ReadOnlyMemory<byte> text = WithoutMark(utf8);
        if (text.Length > limits.MaxBytes)
        {
            throw new JsonInvalidException(name, 1, 1, $"The document has {text.Length} bytes; at most {limits.MaxBytes} are read.");
        }

        if (!Utf8.IsValid(text.Span))
        {
            throw Failure(text.Span, name, FirstInvalid(text.Span), "The text is not valid UTF-8.");
        }

        Utf8JsonReader reader = new(text.Span, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        State<TNode> state = new(text, name, limits, builder);
        try
        {
            reader.Read();
            TNode root = state.Value(ref reader);
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            int offset = LineStart(text.Span, e.LineNumber ?? 0) + (int)(e.BytePositionInLine ?? 0);
            throw Failure(text.Span, name, offset, Reason(e), e);
        }
    }

    /// <summary>The text that offsets count in.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8) => utf8.Span.StartsWith(ByteOrderMark) ? utf8[3..] : utf8;

    private static JsonInvalidException Failure(ReadOnlySpan<byte> text, string name, int offset, string problem, Exception? inner = null)
    {
        (int line, int column) = new TextPositions(text).At(offset);
        return new JsonInvalidException(name, line, column, problem, inner);
    }

    // The runtime's sentence ends with "LineNumber: 0 | BytePositionInLine: 1.", which the position already says.
    private static string Reason(JsonException e)
    {
        int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return "Not JSON: " + (end < 0 ? e.Message : e.Message[..end]);
    }

    private static int LineStart(ReadOnlySpan<byte> text, long line)
    {
        int start = 0;
        for (long i = 0; i < line; i++)
        {
            int next = text[start..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            start += next + 1;
        }

        return start;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        int offset = 0;
        while (offset < text.Length && Rune.DecodeFromUtf8(text[offset..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }

    private sealed class State<TNode>(ReadOnlyMemory<byte> text, string name, JsonLimits limits, IJsonBuilder<TNode> builder)
    {
        private int _values;

        public TNode Value(ref Utf8JsonReader reader)
        {
            int offset = (int)reader.TokenStartIndex;
            if (++_values > limits.MaxValues)
            {
                throw Failure(offset, $"The document has more than {limits.MaxValues} values.");
            }

            return reader.TokenType switch
            {
                JsonTokenType.StartObject => Object(ref reader, offset),
                JsonTokenType.StartArray => Array(ref reader, offset),
                JsonTokenType.String => builder.String(Text(ref reader), offset),
                JsonTokenType.Number => builder.Number(Number(reader.ValueSpan, offset), offset),
                JsonTokenType.True => builder.Boolean(true, offset),
                JsonTokenType.False => builder.Boolean(false, offset),
                _ => builder.Null(offset),
            };
        }

        private TNode Object(ref Utf8JsonReader reader, int offset)
        {
            List<JsonMember<TNode>> members = [];
            HashSet<string> keys = new(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                int keyOffset = (int)reader.TokenStartIndex;
                string key = Text(ref reader);
                if (!keys.Add(key))
                {
                    throw Failure(keyOffset, $"The key '{Shown(key)}' stands twice in one object.");
                }

                reader.Read();
                members.Add(new JsonMember<TNode>(key, keyOffset, Value(ref reader)));
            }

            return builder.Object(members, offset);
        }

        private TNode Array(ref Utf8JsonReader reader, int offset)
        {
            List<TNode> items = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(Value(ref reader));
            }

            return builder.Array(items, offset);
        }

        private string Text(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException e)
            {
                throw Failure((int)reader.TokenStartIndex, "The string holds half of a surrogate pair.", e);
            }
        }

        private JsonNumber Number(ReadOnlySpan<byte> digits, int offset)
            => JsonNumber.TryRead(digits, out JsonNumber number)
                ? number
                : throw Failure(offset, $"The number has more than {JsonNumber.MaxLength} characters or an exponent beyond {JsonNumber.MaxExponent}.");

        private JsonInvalidException Failure(int offset, string problem, Exception? inner = null)
            => JsonWalk.Failure(text.Span, name, offset, problem, inner);

        private static string Shown(string key)
        {
            string start = key.Length > 60 ? key[..60] + "…" : key;
            return string.Concat(start.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()));
        }
    }
}
