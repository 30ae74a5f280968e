using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BaseImage.Engine.Auditing.Journals;

/// <summary>
/// One line of a journal: <c>{"Key":"HEX","Sum":"HEX","Audited":{…}}</c>. KEY says what was audited and by what, SUM is
/// over the text of the rest, so that half a line, or one that was changed, is not taken for an answer.
/// </summary>
internal static class JournalLine
{
    /// <summary>A journal's first line: whatever begins otherwise is not a journal, and is left alone.</summary>
    public static readonly byte[] Header = Encoding.ASCII.GetBytes("{\"BaseImageJournal\":1}\n");

    private const int HexLength = 64;
    private const string BeforeKey = "{\"Key\":\"", BeforeSum = "\",\"Sum\":\"", BeforeRows = "\",\"Audited\":";

    private static readonly int s_start = BeforeKey.Length + HexLength + BeforeSum.Length + HexLength + BeforeRows.Length;

    private static readonly JsonSerializerOptions s_options = new()
    {
        Converters = { new TextConverter<Digest>(digest => digest.ToString(), text => text.Length == 0 ? default : Digest.Parse(text)), new TextConverter<Platform>(platform => platform.ToString(), Platform.Parse), new JsonStringEnumConverter() },
    };

    /// <summary>A line, with its end.</summary>
    public static byte[] Write(string key, JournalItem item)
    {
        byte[] rows = JsonSerializer.SerializeToUtf8Bytes(item, s_options);
        return [.. Encoding.ASCII.GetBytes(BeforeKey + key + BeforeSum + Sum(rows) + BeforeRows), .. rows, .. "}\n"u8];
    }

    /// <summary>The key of a line without its end; null where it is no whole line.</summary>
    public static string? Key(ReadOnlySpan<byte> line)
        => line.Length > s_start && line[^1] == (byte)'}' && line.StartsWith(Encoding.ASCII.GetBytes(BeforeKey))
            ? Encoding.ASCII.GetString(line.Slice(BeforeKey.Length, HexLength))
            : null;

    /// <summary>What a line says; null where it was damaged.</summary>
    public static JournalItem? Read(ReadOnlySpan<byte> line)
    {
        if (Key(line) is not { } key)
        {
            return null;
        }

        ReadOnlySpan<byte> rows = line[s_start..^1];
        if (!line[..s_start].SequenceEqual(Encoding.ASCII.GetBytes(BeforeKey + key + BeforeSum + Sum(rows) + BeforeRows)))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<JournalItem>(rows, s_options);
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException)
        {
            // Written by another version, whose rows have another shape.
            return null;
        }
    }

    private static string Sum(ReadOnlySpan<byte> rows) => Convert.ToHexString(SHA256.HashData(rows)).ToLowerInvariant();

    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }
}

/// <summary>An image and platform that was audited.</summary>
/// <param name="Image">The image, pinned.</param>
/// <param name="Platform">The platform.</param>
/// <param name="Digest">The manifest's digest, or the ImageId.</param>
/// <param name="Time">When.</param>
/// <param name="Rows">What came of it.</param>
internal sealed record JournalItem(string Image, Platform Platform, Digest Digest, DateTimeOffset Time, IReadOnlyList<AuditResult> Rows);
