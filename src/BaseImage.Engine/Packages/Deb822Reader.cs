using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>How large control data may be.</summary>
/// <param name="ParagraphBytes">Bytes of one paragraph.</param>
/// <param name="TotalBytes">Bytes in all.</param>
/// <param name="Fields">Fields of one paragraph.</param>
/// <param name="Comments">True where lines that begin with # are comments: in .sources files, not in what machines write.</param>
internal sealed record Deb822Limits(int ParagraphBytes = 4 << 20, long TotalBytes = 2L << 30, int Fields = 512, bool Comments = false)
{
    /// <summary>For Packages, control and the like.</summary>
    public static Deb822Limits Index { get; } = new();

    /// <summary>For a Release file, which is one paragraph with a line a file.</summary>
    public static Deb822Limits Release { get; } = new(ParagraphBytes: 64 << 20, TotalBytes: 64 << 20);

    /// <summary>For apt's .sources files.</summary>
    public static Deb822Limits Sources { get; } = new(ParagraphBytes: 1 << 20, TotalBytes: 4 << 20, Comments: true);
}

/// <summary>Reads control files, one paragraph at a time, in bounded memory. Source: deb822(5) and Debian Policy 5.1.</summary>
internal sealed class Deb822Reader
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly Deb822Limits _limits;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly List<ControlParagraph.Field> _fields = [];
    private byte[] _text = new byte[1 << 14];
    private int _textLength;
    private int _bufferStart;
    private int _bufferEnd;
    private int _line;
    private long _total;

    /// <summary>Makes a reader.</summary>
    /// <param name="stream">The content; not disposed.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="limits">How much is read at most; null for an index's.</param>
    public Deb822Reader(Stream stream, string name, Deb822Limits? limits = null)
        => (_stream, _name, _limits) = (stream, name, limits ?? Deb822Limits.Index);

    /// <summary>Every paragraph of some bytes.</summary>
    public static IReadOnlyList<ControlParagraph> ReadAll(ReadOnlyMemory<byte> content, string name, Deb822Limits? limits = null)
    {
        using MemoryStream stream = new(content.ToArray(), writable: false);
        Deb822Reader reader = new(stream, name, limits);
        List<ControlParagraph> paragraphs = [];
        while (reader.Read() is { } paragraph)
        {
            paragraphs.Add(paragraph);
        }

        return paragraphs;
    }

    /// <summary>The next paragraph, or null at the end.</summary>
    /// <exception cref="ControlDataInvalidException">The content is not control data.</exception>
    /// <exception cref="ControlDataTooLargeException">A limit is exceeded.</exception>
    public ControlParagraph? Read()
    {
        _textLength = 0;
        _fields.Clear();
        int first = 0;
        while (true)
        {
            int start = _textLength;
            if (!AppendLine())
            {
                break;
            }

            ReadOnlySpan<byte> line = _text.AsSpan(start, _textLength - start - 1);
            if (_limits.Comments && line.Length > 0 && line[0] == '#')
            {
                _textLength = start;
                continue;
            }

            if (line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
            {
                _textLength = start;
                if (_fields.Count > 0)
                {
                    break;
                }

                continue;
            }

            first = first == 0 ? _line : first;
            AddLine(line, start);
        }

        return _fields.Count == 0 ? null : new ControlParagraph(_name, first, _text[.._textLength], [.. _fields]);
    }

    private void AddLine(ReadOnlySpan<byte> line, int start)
    {
        if (line.Contains((byte)0))
        {
            throw Invalid("a line holds a NUL byte");
        }

        if (line[0] is (byte)' ' or (byte)'\t')
        {
            if (_fields.Count == 0)
            {
                throw Invalid("a continuation line stands where a field is expected");
            }

            ControlParagraph.Field last = _fields[^1];
            _fields[^1] = last with { ValueLength = start + line.Length - last.ValueStart };
            return;
        }

        int colon = line.IndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? default : line[..colon];
        // deb822(5): printable ASCII but for space and colon, and neither # nor - in front.
        if (name.Length == 0 || name[0] is (byte)'#' or (byte)'-' || name.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            throw Invalid("a line is neither 'Name: value' nor a continuation");
        }

        if (_fields.Count >= _limits.Fields)
        {
            throw new ControlDataTooLargeException(_name, _line, $"a paragraph has more than {_limits.Fields} fields");
        }

        foreach (ControlParagraph.Field field in _fields)
        {
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_text.AsSpan(field.NameStart, field.NameLength), name))
            {
                throw Invalid($"the field '{Encoding.ASCII.GetString(name)}' stands twice in one paragraph");
            }
        }

        _fields.Add(new ControlParagraph.Field(start, colon, start + colon + 1, line.Length - colon - 1, _line));
    }

    // Appends the next line to the text, its end as "\n"; false at the end of the content.
    private bool AppendLine()
    {
        int start = _textLength;
        bool any = false;
        while (true)
        {
            if (_bufferStart == _bufferEnd)
            {
                (_bufferStart, _bufferEnd) = (0, _stream.Read(_buffer, 0, _buffer.Length));
                _total += _bufferEnd;
                if (_total > _limits.TotalBytes)
                {
                    throw new ControlDataTooLargeException(_name, _line + 1, $"it is longer than {_limits.TotalBytes} bytes");
                }

                if (_bufferEnd == 0)
                {
                    break;
                }
            }

            any = true;
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_bufferStart, _bufferEnd - _bufferStart);
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
            Append(part);
            _bufferStart += part.Length + (end < 0 ? 0 : 1);
            if (end >= 0)
            {
                break;
            }
        }

        if (!any)
        {
            return false;
        }

        _line++;
        if (_textLength > start && _text[_textLength - 1] == '\r')
        {
            _textLength--;
        }

        Append("\n"u8);
        return true;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _limits.ParagraphBytes - _textLength)
        {
            throw new ControlDataTooLargeException(_name, _line + 1, $"a paragraph is longer than {_limits.ParagraphBytes} bytes");
        }

        if (_textLength + bytes.Length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + bytes.Length));
        }

        bytes.CopyTo(_text.AsSpan(_textLength));
        _textLength += bytes.Length;
    }

    private ControlDataInvalidException Invalid(string problem) => new(_name, _line, problem);
}
