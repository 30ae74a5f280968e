namespace BaseImage.Engine.Packages;

/// <summary>The fields of one stanza that are kept, while it is read: their lines as they stand, and where each value lies.</summary>
internal sealed class StanzaFields
{
    /// <summary>Bytes of one stanza at most.</summary>
    public const int MaximumBytes = 4 << 20;

    /// <summary>The fields that resolving and locking need.</summary>
    public static readonly string[] Kept =
    [
        "Package", "Architecture", "Provides", "Version", "Multi-Arch", "Pre-Depends", "Depends", "Conflicts", "Breaks",
        "Essential", "Important", "Protected", "Priority", "Source", "Filename", "Size", "SHA256", "Installed-Size",
    ];

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

    /// <summary>Begins a field; false where the stanza has it already.</summary>
    /// <param name="field">Its place in <see cref="Kept"/>.</param>
    /// <param name="value">Where in its line the value begins.</param>
    public bool Begin(int field, int value)
    {
        bool isNew = (_seen & (1 << field)) == 0;
        _seen |= 1 << field;
        _current = field;
        _values[field] = (_length + value, _length + value);
        return isNew;
    }

    /// <summary>Appends a line to the field that was begun last; false where the stanza becomes too large.</summary>
    public bool Append(ReadOnlySpan<byte> line)
    {
        if (_length + line.Length + 1 > MaximumBytes)
        {
            return false;
        }

        if (_length + line.Length + 1 > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + line.Length + 1));
        }

        line.CopyTo(_bytes.AsSpan(_length));
        _length += line.Length;
        _values[_current].End = _length;
        _bytes[_length++] = (byte)'\n';
        return true;
    }

    /// <summary>Makes ready for the next stanza.</summary>
    public void Clear() => (_length, _seen) = (0, 0);

    private Range Value(int field)
    {
        if ((_seen & (1 << field)) == 0)
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
