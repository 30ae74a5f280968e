using System.Buffers.Binary;

namespace BaseImage.Engine.Layers;

/// <summary>
/// A tar header block's fields. Sources: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar
/// Format" and "Extensions" (base-256 numbers, magic <c>"ustar  "</c>); Version 7 headers have no magic at all.
/// </summary>
internal static class TarHeader
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 512;

    /// <summary>The field's bytes up to the first NUL.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>The name, with the prefix where the format has one (POSIX only: GNU keeps other things in its place).</summary>
    public static byte[] Name(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> name = Text(block[..100]);
        ReadOnlySpan<byte> prefix = block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Text(block.Slice(345, 155)) : default;
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    /// <summary>True where the format has device numbers.</summary>
    public static bool IsUstar(ReadOnlySpan<byte> block) => block.Slice(257, 5).SequenceEqual("ustar"u8);

    /// <summary>True where the header's sum is right, counted with unsigned bytes (POSIX) or signed ones (some old tars).</summary>
    public static bool ChecksumHolds(ReadOnlySpan<byte> block)
    {
        if (!TryNumber(block.Slice(148, 8), out long expected))
        {
            return false;
        }
        long unsigned = 8 * ' ', signed = 8 * ' ';
        for (int i = 0; i < BlockSize; i++)
        {
            if (i is < 148 or >= 156)
            {
                unsigned += block[i];
                signed += (sbyte)block[i];
            }
        }
        return expected == unsigned || expected == signed;
    }

    /// <summary>Reads octal digits (spaces before, a space or NUL after) or GNU's base-256; false for anything else or beyond 64 bits.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryBase256(field, out value);
        }
        field = field.TrimStart((byte)' ');
        int digits = field.IndexOfAnyExceptInRange((byte)'0', (byte)'7');
        ReadOnlySpan<byte> rest = digits < 0 ? default : field[digits..];
        if (rest.IndexOfAnyExcept((byte)' ', (byte)0) >= 0)
        {
            return false;
        }
        foreach (byte digit in digits < 0 ? field : field[..digits])
        {
            value = (value << 3) | (uint)(digit - '0'); // at most 12 digits: 36 bits
        }
        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        // Bit 7 marks the form; bit 6 is the sign, extended over the whole field.
        bool negative = (field[0] & 0x40) != 0;
        byte sign = negative ? (byte)0xFF : (byte)0;
        Span<byte> bytes = stackalloc byte[12];
        bytes = bytes[..field.Length];
        field.CopyTo(bytes);
        bytes[0] = negative ? bytes[0] : (byte)(bytes[0] & 0x7F);
        if (bytes.Length > 8)
        {
            if (bytes[..^8].IndexOfAnyExcept(sign) >= 0 || (bytes[^8] & 0x80) != (sign & 0x80))
            {
                return false;
            }
            bytes = bytes[^8..];
        }
        value = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return true;
    }
}
