using System.Globalization;

namespace BaseImage;

/// <summary>
/// Permission, set-id and sticky bits of a file. Its text is four octal digits, as chmod takes them; it compares with
/// numbers by value and with texts as octal, so that both <c>-eq '4755'</c> and <c>-band 0x800</c> mean what they say.
/// </summary>
/// <param name="Value">The bits, 0 to 4095.</param>
public readonly record struct ImageFileMode(int Value) : IComparable<ImageFileMode>, IComparable, IFormattable
{
    /// <summary>Reads octal digits, for instance <c>644</c> or <c>0644</c>, or throws <see cref="FormatException"/>.</summary>
    public static ImageFileMode Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int value = 0;
        foreach (char digit in text)
        {
            value = digit is >= '0' and <= '7' && value < 0x1000 ? (value * 8) + (digit - '0') : 0x1000;
        }

        return text.Length > 0 && value < 0x1000 ? new ImageFileMode(value)
            : throw new FormatException($"'{text}' is no file mode: expected up to four octal digits, for instance 0644.");
    }

    /// <summary>The bits as a number.</summary>
    public static implicit operator int(ImageFileMode mode) => mode.Value;

    /// <summary>A mode of these bits.</summary>
    public static implicit operator ImageFileMode(int value) => new(value);

    /// <summary>The bits as a number.</summary>
    public int ToInt32() => Value;

    /// <summary>A mode of these bits.</summary>
    public static ImageFileMode FromInt32(int value) => new(value);

    /// <summary>The bits that both have.</summary>
    public static int operator &(ImageFileMode left, int right) => left.Value & right;

    /// <summary>The bits that both have.</summary>
    public static int BitwiseAnd(ImageFileMode left, int right) => left & right;

    /// <inheritdoc/>
    public int CompareTo(ImageFileMode other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is ImageFileMode other ? CompareTo(other) : 1;

    /// <summary>Orders by value.</summary>
    public static bool operator <(ImageFileMode left, ImageFileMode right) => left.Value < right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator >(ImageFileMode left, ImageFileMode right) => left.Value > right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator <=(ImageFileMode left, ImageFileMode right) => left.Value <= right.Value;

    /// <summary>Orders by value.</summary>
    public static bool operator >=(ImageFileMode left, ImageFileMode right) => left.Value >= right.Value;

    /// <summary>Four octal digits.</summary>
    public override string ToString() => Convert.ToString(Value, 8).PadLeft(4, '0');

    /// <summary>Four octal digits; with a format, the bits as a number in that format.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider)
        => string.IsNullOrEmpty(format) ? ToString() : Value.ToString(format, formatProvider ?? CultureInfo.InvariantCulture);
}
