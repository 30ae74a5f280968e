using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// A Dockerfile's bytes. The parser works on <see cref="Text"/>, which has one character for each byte, so that every place
/// in it is a place in the file whatever the bytes are; only what is shown is decoded as UTF-8.
/// </summary>
internal sealed class DockerfileSource
{
    private readonly byte[] _bytes;
    private readonly List<int> _lines = [0];

    /// <summary>Takes a file's bytes.</summary>
    public DockerfileSource(byte[] bytes)
    {
        _bytes = bytes;
        Text = Encoding.Latin1.GetString(bytes);
        for (int at = Text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = Text.IndexOf('\n', at + 1))
        {
            _lines.Add(at + 1);
        }
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>One character, U+0000 to U+00FF, for each byte.</summary>
    public string Text { get; }

    /// <summary>
    /// Where a name stands within a part; null where it is written with escapes or over several lines. Quotes, and what else
    /// stands in the same word, are beside it.
    /// </summary>
    /// <param name="span">The part.</param>
    /// <param name="name">The name.</param>
    /// <param name="key">What stands before it, letter case not counted.</param>
    public SourceSpan? Find(SourceSpan span, string name, string key = "")
    {
        string raw = Text.Substring(span.Start, span.Length);
        int at = raw.IndexOf(key + name, StringComparison.OrdinalIgnoreCase);
        return at < 0 || raw.IndexOf(name, at + key.Length, StringComparison.Ordinal) != at + key.Length ? null : new SourceSpan(span.Start + at + key.Length, name.Length);
    }

    /// <summary>How many bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The line, from 1, that a byte lies on; the end of the file counts as on the last.</summary>
    public int LineOf(int offset)
    {
        int found = _lines.BinarySearch(offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>The column, from 1, in characters.</summary>
    public int ColumnOf(int offset)
    {
        int start = _lines[LineOf(offset) - 1];
        return Encoding.UTF8.GetCharCount(_bytes, start, Math.Min(offset, _bytes.Length) - start) + 1;
    }

    /// <summary>What a stretch says.</summary>
    public string Show(SourceSpan span) => Encoding.UTF8.GetString(_bytes, span.Start, span.Length);

    /// <summary>What a text of one character a byte says; bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Decode(string text)
    {
        foreach (char c in text)
        {
            if (c > '\x7f')
            {
                return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
            }
        }

        return text;
    }

    /// <summary>The inverse of <see cref="Decode"/>: one character a byte.</summary>
    public static string Encode(string text)
    {
        foreach (char c in text)
        {
            if (c > '\x7f')
            {
                return Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
            }
        }

        return text;
    }
}
