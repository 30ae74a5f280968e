using System.Buffers.Binary;
using System.Globalization;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>An MD5 sum. Not a matter of trust: it is what dpkg's lists of files hold (deb-md5sums(5)).</summary>
internal readonly record struct Md5Sum
{
    /// <summary>Bytes of a sum.</summary>
    public const int Length = 16;

    private readonly UInt128 _value;

    /// <summary>Takes the sum's bytes.</summary>
    public Md5Sum(ReadOnlySpan<byte> bytes) => _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>Reads 32 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out Md5Sum sum)
    {
        sum = default;
        Span<byte> bytes = stackalloc byte[Length];
        for (int i = 0; i < Length; i++)
        {
            int high = digits.Length == 2 * Length ? Digit(digits[2 * i]) : -1, low = high < 0 ? -1 : Digit(digits[(2 * i) + 1]);
            if (low < 0)
            {
                return false;
            }

            bytes[i] = (byte)((high << 4) | low);
        }

        sum = new Md5Sum(bytes);
        return true;
    }

    /// <summary>Writes the sum's bytes.</summary>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt128BigEndian(bytes, _value);

    /// <summary>32 hexadecimal digits in lower case.</summary>
    public override string ToString() => _value.ToString("x32", CultureInfo.InvariantCulture);

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
