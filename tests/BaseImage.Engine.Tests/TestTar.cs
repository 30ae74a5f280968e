using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Tests;

/// <summary>Writes tar archives byte by byte, as they should be or not; unlike the product's writer it believes everything.</summary>
internal sealed class TestTar
{
    private readonly MemoryStream _stream = new();

    /// <summary>The archive with its end marker.</summary>
    public byte[] ToArray() => [.. _stream.ToArray(), .. new byte[1024]];

    /// <summary>The archive as far as it goes.</summary>
    public byte[] WithoutEnd() => _stream.ToArray();

    /// <summary>A header made of these fields; text is Latin-1, so that every byte can be written.</summary>
    public static byte[] Header(string name, char type = '0', long size = 0, string link = "", int mode = 0x1A4, long uid = 0, long gid = 0, long time = 0, string magic = "ustar\00000", string prefix = "", long major = 0, long minor = 0)
    {
        byte[] block = new byte[512];
        Put(block, 0, name);
        Put(block, 100, Octal(mode, 7));
        Put(block, 108, Octal(uid, 7));
        Put(block, 116, Octal(gid, 7));
        Put(block, 124, Octal(size, 11));
        Put(block, 136, Octal(time, 11));
        block[156] = (byte)type;
        Put(block, 157, link);
        Put(block, 257, magic);
        Put(block, 329, Octal(major, 7));
        Put(block, 337, Octal(minor, 7));
        Put(block, 345, prefix);
        return Sum(block);
    }

    /// <summary>Sets the checksum right.</summary>
    public static byte[] Sum(byte[] block)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        Put(block, 148, Octal(block.Sum(value => value), 6) + "\0 ");
        return block;
    }

    /// <summary>A pax record.</summary>
    public static byte[] PaxRecord(string key, byte[] value)
    {
        int rest = key.Length + value.Length + 3;
        int length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length++;
        }
        return [.. Encoding.Latin1.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    /// <summary>Adds bytes as they are.</summary>
    public TestTar Raw(params byte[] bytes)
    {
        _stream.Write(bytes);
        return this;
    }

    /// <summary>Adds content, padded to whole blocks.</summary>
    public TestTar Padded(byte[] content) => Raw(content).Raw(new byte[-content.Length & 511]);

    /// <summary>Adds an entry; <paramref name="size"/> lies about the content's length if given.</summary>
    public TestTar Add(string name, char type = '0', byte[]? content = null, string link = "", int mode = 0x1A4, long uid = 0, long gid = 0, long time = 0, long? size = null, long major = 0, long minor = 0)
        => Raw(Header(name, type, size ?? content?.Length ?? 0, link, mode, uid, gid, time, major: major, minor: minor)).Padded(content ?? []);

    /// <summary>Adds a pax header.</summary>
    public TestTar Pax(params (string Key, string Value)[] records) => PaxOf('x', records);

    /// <summary>Adds a pax header of that type ('x' or 'g').</summary>
    public TestTar PaxOf(char type, params (string Key, string Value)[] records)
        => Add("PaxHeaders/0", type, [.. records.SelectMany(record => PaxRecord(record.Key, Encoding.Latin1.GetBytes(record.Value)))]);

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static void Put(byte[] block, int offset, string text) => Encoding.Latin1.GetBytes(text).CopyTo(block, offset);
}
