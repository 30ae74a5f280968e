namespace BaseImage.Engine.Layers;

/// <summary>The bytes of an .xz index, summed as they are taken. Source: The .xz File Format 1.2.1, sections 1.2 and 4.</summary>
internal sealed class XzIndexBytes(CompressedSource source)
{
    private uint _crc = uint.MaxValue;

    /// <summary>CRC32 of all bytes taken.</summary>
    public uint Crc => ~_crc;

    /// <summary>The next byte.</summary>
    public byte Take()
    {
        int value = source.ReadByte();
        if (value < 0)
        {
            throw new EndOfStreamException();
        }
        byte taken = (byte)value;
        _crc = (uint)SlicedCrc.Crc32.Update(_crc, new ReadOnlySpan<byte>(in taken));
        return taken;
    }

    /// <summary>The next variable-length integer, or -1 for one that is too long.</summary>
    public long Integer()
    {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = Take();
            value |= (next & 0x7FL) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }
        return -1;
    }
}
