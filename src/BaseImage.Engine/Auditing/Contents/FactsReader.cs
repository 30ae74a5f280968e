using System.Buffers.Binary;
using System.Text;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Reads what <see cref="FactsWriter"/> wrote, and believes nothing of it: what cannot be is an
/// <see cref="InvalidDataException"/>, and no count makes it take memory that the data does not fill.
/// </summary>
internal sealed class FactsReader(Stream stream)
{
    private const int Piece = 64 * 1024;

    private readonly byte[] _number = new byte[8];

    /// <summary>A flag.</summary>
    public bool Flag() => Number(1) == 1;

    /// <summary>A number from 0 to the most that it can be.</summary>
    public long Number(long most = long.MaxValue)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            int next = stream.ReadByte();
            if (next < 0)
            {
                throw new InvalidDataException("The facts end too early.");
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= (ulong)most ? (long)value : throw new InvalidDataException($"The facts have the number {value} where {most} is the most.");
            }
        }

        throw new InvalidDataException("The facts have a number beyond 63 bits.");
    }

    /// <summary>A number of either sign.</summary>
    public long Signed()
    {
        Exactly(_number);
        return BinaryPrimitives.ReadInt64LittleEndian(_number);
    }

    /// <summary>One of an enumeration's values, which go from 0 to the last.</summary>
    public T Choice<T>()
        where T : struct, Enum
        => Values<T>.All[(int)Number(Values<T>.All.Length - 1)];

    /// <summary>Bytes, at most so many.</summary>
    public byte[] Bytes(int most)
    {
        int length = (int)Number(most);
        if (length <= Piece)
        {
            byte[] small = new byte[length];
            Exactly(small);
            return small;
        }

        // A wrong length must not take memory before the data is there.
        using MemoryStream all = new();
        byte[] buffer = new byte[Piece];
        for (int left = length; left > 0;)
        {
            int read = stream.Read(buffer, 0, Math.Min(left, buffer.Length));
            if (read == 0)
            {
                throw new InvalidDataException("The facts end too early.");
            }

            all.Write(buffer, 0, read);
            left -= read;
        }

        return all.ToArray();
    }

    /// <summary>Bytes of a known number.</summary>
    public byte[] Raw(int length)
    {
        byte[] value = new byte[length];
        Exactly(value);
        return value;
    }

    /// <summary>A text of at most so many bytes.</summary>
    public string Text(int most = 4096) => Encoding.UTF8.GetString(Bytes(most));

    /// <summary>So many bytes as hexadecimal digits in lower case.</summary>
    public string Hex(int length) => Convert.ToHexString(Raw(length)).ToLowerInvariant();

    /// <summary>A list of at most so many.</summary>
    public IReadOnlyList<T> List<T>(int most, Func<FactsReader, T> read)
    {
        int count = (int)Number(most);
        if (count == 0)
        {
            return [];
        }

        List<T> values = new(Math.Min(count, 1024));
        for (int i = 0; i < count; i++)
        {
            values.Add(read(this));
        }

        return values;
    }

    /// <summary>Demands that nothing follows.</summary>
    public void End()
    {
        if (stream.ReadByte() >= 0)
        {
            throw new InvalidDataException("Something follows the facts.");
        }
    }

    private static class Values<T>
        where T : struct, Enum
    {
        public static readonly T[] All = Enum.GetValues<T>();
    }

    private void Exactly(Span<byte> buffer)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) != buffer.Length)
        {
            throw new InvalidDataException("The facts end too early.");
        }
    }
}
