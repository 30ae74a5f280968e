using System.Buffers.Binary;
using SharpCompress.Compressors.Xz;

namespace BaseImage.Engine.Tests;

/// <summary>Writes .xz data without compressing it (LZMA2 chunks that are stored), so that tests need no xz.</summary>
internal static class TestXz
{
    /// <summary>One stream with one block per part.</summary>
    /// <param name="parts">What to store.</param>
    /// <param name="dictionary">The dictionary's size as LZMA2 writes it; 0x16 is 8 MiB, 40 is 4 GiB.</param>
    public static byte[] Store(IEnumerable<byte[]> parts, byte dictionary = 0x16)
    {
        using MemoryStream xz = new();
        byte[] flags = [0, 1]; // CRC32
        xz.Write([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, .. flags, .. Crc(flags)]);
        List<byte> records = [];
        int blocks = 0;
        foreach (byte[] part in parts)
        {
            long start = xz.Position;
            byte[] header = [2, 0, 0x21, 1, dictionary, 0, 0, 0];
            xz.Write([.. header, .. Crc(header)]);
            for (int at = 0; at < part.Length; at += 65536)
            {
                int size = Math.Min(65536, part.Length - at);
                xz.Write([(byte)(at == 0 ? 1 : 2), (byte)((size - 1) >> 8), (byte)(size - 1)]);
                xz.Write(part, at, size);
            }
            xz.WriteByte(0);
            long unpadded = xz.Position - start + 4;
            xz.Write(new byte[-(xz.Position - start) & 3]);
            xz.Write(Crc(part));
            records.AddRange(Integer(unpadded));
            records.AddRange(Integer(part.Length));
            blocks++;
        }
        List<byte> index = [0, .. Integer(blocks), .. records];
        index.AddRange(new byte[-index.Count & 3]);
        byte[] indexBytes = [.. index];
        xz.Write([.. indexBytes, .. Crc(indexBytes)]);
        byte[] backward = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(backward, ((indexBytes.Length + 4) / 4) - 1);
        byte[] tail = [.. backward, .. flags];
        xz.Write([.. Crc(tail), .. tail, (byte)'Y', (byte)'Z']);
        return xz.ToArray();
    }

    /// <summary>One stream with one block.</summary>
    public static byte[] Store(byte[] content, byte dictionary = 0x16) => Store([content], dictionary);

    private static byte[] Crc(byte[] bytes)
    {
        byte[] crc = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, ~Crc32.Update(uint.MaxValue, bytes));
        return crc;
    }

    private static byte[] Integer(long value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
