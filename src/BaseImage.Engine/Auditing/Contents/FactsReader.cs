using System.Buffers.Binary;
using System.Text;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Reads what <see cref="FactsWriter"/> wrote, and believes nothing of it: what cannot be is an
/// <see cref="InvalidDataException"/>, and no count makes it take memory that the data does not fill. Bytes that it gives
/// are parts of the data, not copies.
/// </summary>
internal sealed class FactsReader(ReadOnlyMemory<byte> data)
{
    private int _position;

    /// <summary>Texts that were read before.</summary>
    public SharedTexts Texts { get; } = new();

    /// <summary>A flag.</summary>
    public bool Flag() => Number(1) == 1;

    /// <summary>A number from 0 to the most that it can be.</summary>
    public long Number(long most = long.MaxValue)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            if (_position == data.Length)
            {
                throw new InvalidDataException("The facts end too early.");
            }

            byte next = data.Span[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value <= (ulong)most ? (long)value : throw new InvalidDataException($"The facts have the number {value} where {most} is the most.");
            }
        }

        throw new InvalidDataException("The facts have a number beyond 63 bits.");
    }

    /// <summary>A number of either sign.</summary>
    public long Signed() => BinaryPrimitives.ReadInt64LittleEndian(Raw(sizeof(long)).Span);

    /// <summary>One of an enumeration's values, which go from 0 to the last.</summary>
    public T Choice<T>()
        where T : struct, Enum
        => Values<T>.All[(int)Number(Values<T>.All.Length - 1)];

    /// <summary>Bytes, at most so many.</summary>
    public ReadOnlyMemory<byte> Bytes(int most) => Raw((int)Number(most));

    /// <summary>Bytes of a known number.</summary>
    public ReadOnlyMemory<byte> Raw(int length)
    {
        if (length > data.Length - _position)
        {
            throw new InvalidDataException("The facts end too early.");
        }

        ReadOnlyMemory<byte> value = data.Slice(_position, length);
        _position += length;
        return value;
    }

    /// <summary>A text of at most so many bytes.</summary>
    public string Text(int most = 4096) => Encoding.UTF8.GetString(Bytes(most).Span);

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
        if (_position < data.Length)
        {
            throw new InvalidDataException("Something follows the facts.");
        }
    }

    private static class Values<T>
        where T : struct, Enum
    {
        public static readonly T[] All = Enum.GetValues<T>();
    }
}
