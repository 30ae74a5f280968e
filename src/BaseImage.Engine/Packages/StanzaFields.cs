namespace BaseImage.Engine.Packages;

/// <summary>
/// The fields of one stanza that are kept, while it is read. What is kept is lines: one byte for the field's name, which
/// would be a third of all, then its value and continuation lines as they stand.
/// </summary>
internal sealed class StanzaFields
{
    /// <summary>Bytes of one stanza at most.</summary>
    public const int MaximumBytes = 4 << 20;

    /// <summary>The fields that resolving and locking need.</summary>
    public static readonly string[] Kept =
    [
        "Package", "Architecture", "Provides", "Version", "Multi-Arch", "Pre-Depends", "Depends", "Conflicts", "Breaks",
        "Essential", "Important", "Protected", "Priority", "Source", "Filename", "Size", "SHA256",
    ];

    // No line goes on with such a byte: continuation lines begin with a space or a tab.
    private const int FirstCode = 0x80;

    private readonly (int Start, int End)[] _values = new (int, int)[Kept.Length];
    private byte[] _bytes = new byte[4096];
    private int _length;
    private int _seen;
    private int _current;

    /// <summary>The lines kept, each with its "\n".</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Where the package's name lies; empty where there is none.</summary>
    public Range Package => Value(0);

    /// <summary>Where the architecture lies.</summary>
    public Range Architecture => Value(1);

    /// <summary>Where the value of Provides lies.</summary>
    public Range Provides => Value(2);

    /// <summary>The byte that stands for a field's name; 0 for one that is not kept.</summary>
    public static byte CodeOf(string field)
    {
        int place = Array.FindIndex(Kept, k => k.Equals(field, StringComparison.OrdinalIgnoreCase));
        return place < 0 ? (byte)0 : (byte)(FirstCode + place);
    }

    /// <summary>True where the stanza has a field already.</summary>
    /// <param name="field">Its place in <see cref="Kept"/>.</param>
    public bool Has(int field) => (_seen & (1 << field)) != 0;

    /// <summary>Begins a field; false where the stanza becomes too large.</summary>
    /// <param name="field">Its place in <see cref="Kept"/>.</param>
    /// <param name="value">What follows the colon.</param>
    public bool Begin(int field, ReadOnlySpan<byte> value)
    {
        _seen |= 1 << field;
        _current = field;
        _values[field].Start = _length + 1;
        return Append([(byte)(FirstCode + field)], value);
    }

    /// <summary>Goes on with the field that was begun last; false where the stanza becomes too large.</summary>
    public bool Continue(ReadOnlySpan<byte> line) => Append([], line);

    /// <summary>Makes ready for the next stanza.</summary>
    public void Clear() => (_length, _seen) = (0, 0);

    private bool Append(ReadOnlySpan<byte> code, ReadOnlySpan<byte> line)
    {
        int needed = _length + code.Length + line.Length + 1;
        if (needed > MaximumBytes)
        {
            return false;
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, needed));
        }

        code.CopyTo(_bytes.AsSpan(_length));
        line.CopyTo(_bytes.AsSpan(_length + code.Length));
        _values[_current].End = needed - 1;
        _bytes[needed - 1] = (byte)'\n';
        _length = needed;
        return true;
    }

    private Range Value(int field)
    {
        if (!Has(field))
        {
            return 0..0;
        }

        (int start, int end) = _values[field];
        while (start < end && _bytes[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        while (end > start && _bytes[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        return start..end;
    }
}
