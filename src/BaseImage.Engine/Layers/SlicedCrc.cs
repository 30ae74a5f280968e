using System.Buffers.Binary;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Reflected CRCs, eight bytes at a time by eight tables: CRC-32 of gzip and xz, CRC-64 of xz. The register goes in and comes
/// out as it is: callers invert it. Sources: RFC 1952, section 8; The .xz File Format 1.2.1, section 6.
/// </summary>
internal sealed class SlicedCrc
{
    private readonly ulong[][] _tables = new ulong[8][];

    private SlicedCrc(ulong polynomial)
    {
        for (int slice = 0; slice < 8; slice++)
        {
            _tables[slice] = new ulong[256];
            for (uint i = 0; i < 256; i++)
            {
                ulong value = slice == 0 ? i : _tables[slice - 1][i];
                for (int bit = 0; bit < 8; bit++)
                {
                    value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
                }

                _tables[slice][i] = value;
            }
        }
    }

    /// <summary>CRC-32, polynomial 0x04C11DB7.</summary>
    public static SlicedCrc Crc32 { get; } = new(0xEDB88320);

    /// <summary>CRC-64, polynomial 0x42F0E1EBA9EA3693 (ECMA-182).</summary>
    public static SlicedCrc Crc64 { get; } = new(0xC96C5795D7870F42);

    /// <summary>The register after some more bytes.</summary>
    public ulong Update(ulong register, ReadOnlySpan<byte> bytes)
    {
        ulong[] t0 = _tables[0], t1 = _tables[1], t2 = _tables[2], t3 = _tables[3], t4 = _tables[4], t5 = _tables[5], t6 = _tables[6], t7 = _tables[7];
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            ulong word = register ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            register = t7[(byte)word] ^ t6[(byte)(word >> 8)] ^ t5[(byte)(word >> 16)] ^ t4[(byte)(word >> 24)]
                ^ t3[(byte)(word >> 32)] ^ t2[(byte)(word >> 40)] ^ t1[(byte)(word >> 48)] ^ t0[word >> 56];
        }

        foreach (byte value in bytes)
        {
            register = t0[(byte)(register ^ value)] ^ (register >> 8);
        }

        return register;
    }
}
