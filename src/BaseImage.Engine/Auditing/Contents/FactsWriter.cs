using System.Buffers.Binary;
using System.Text;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Writes the numbers, texts and bytes that facts are made of. <see cref="FactsReader"/> reads them.</summary>
internal sealed class FactsWriter(Stream stream)
{
    private readonly byte[] _number = new byte[10];

    /// <summary>A flag.</summary>
    public void Flag(bool value) => Number(value ? 1 : 0);

    /// <summary>A number from 0, seven bits a byte, the lowest first.</summary>
    public void Number(long value)
    {
        ulong rest = (ulong)value;
        int length = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            _number[length++] = (byte)(rest | 0x80);
        }

        _number[length++] = (byte)rest;
        stream.Write(_number, 0, length);
    }

    /// <summary>A number of either sign, in eight bytes.</summary>
    public void Signed(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, value);
        stream.Write(_number, 0, sizeof(long));
    }

    /// <summary>Bytes whose number the reader does not know.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        stream.Write(value);
    }

    /// <summary>Bytes whose number the reader knows.</summary>
    public void Raw(ReadOnlySpan<byte> value) => stream.Write(value);

    /// <summary>A text.</summary>
    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Hexadecimal digits in lower case, as the bytes that they stand for.</summary>
    public void Hex(string value) => Raw(Convert.FromHexString(value));

    /// <summary>A list.</summary>
    public void List<T>(IReadOnlyCollection<T> values, Action<FactsWriter, T> write)
    {
        Number(values.Count);
        foreach (T value in values)
        {
            write(this, value);
        }
    }
}
