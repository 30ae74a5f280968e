using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Writes tar entries so that the same entry always gives the same bytes, on every machine and in every version that
/// does not say otherwise in the changelog. The rules:
/// <list type="bullet">
/// <item>POSIX ustar headers, magic "ustar", version "00"; numbers in octal, zero-padded, ending in NUL; the checksum as
/// six digits, NUL, space; no owner names; device numbers 0 except for devices.</item>
/// <item>Names as they are in <see cref="LayerPath"/>, directories with a '/' at the end, the root as "./".</item>
/// <item>A name over 100 bytes is split into prefix and name at the first '/' that lets both fit.</item>
/// <item>Only what ustar cannot hold goes into a pax header before the entry, named "PaxHeaders/x", mode 0644, owner and
/// time 0, records ordered by key: path, linkpath, size over 8 GiB less one, uid or gid over 2,097,151, time below 0 or
/// over 8^11 less one, and every extended attribute as SCHILY.xattr.NAME. The field it replaces is 0, or the name cut
/// after 100 bytes.</item>
/// </list>
/// </summary>
internal sealed class TarWriter
{
    private const long MaxOctal8 = 0x1FFFFF;
    private const long MaxOctal12 = 0x1_FFFF_FFFF;
    private static readonly byte[] s_zeros = new byte[2 * TarHeader.BlockSize];
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Makes a writer.</summary>
    /// <param name="stream">Where to; stays open.</param>
    public TarWriter(Stream stream) => _stream = stream;

    /// <summary>Bytes written so far: a multiple of 512.</summary>
    public long Position { get; private set; }

    /// <summary>Writes the end marker: two blocks of zeros.</summary>
    public static void WriteEnd(Stream stream) => stream.Write(s_zeros);

    /// <summary>Writes the end marker: two blocks of zeros.</summary>
    public void WriteEnd()
    {
        WriteEnd(_stream);
        Position += s_zeros.Length;
    }

    /// <summary>Writes an entry and its content.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="content">Exactly <see cref="LayerEntry.Size"/> bytes; null where that is 0.</param>
    /// <exception cref="InvalidDataException">The content is shorter or longer than the entry says.</exception>
    public void Write(LayerEntry entry, Stream? content = null)
    {
        WriteHeader(entry);
        long written = 0;
        if (content is not null)
        {
            // One byte more than allowed is asked for, so that a longer content is noticed and not cut.
            for (int read; (read = content.Read(_buffer, 0, (int)Math.Min(_buffer.Length, Math.Max(entry.Size - written, 1)))) > 0;)
            {
                written += read;
                if (written > entry.Size)
                {
                    break;
                }
                _stream.Write(_buffer, 0, read);
            }
        }
        Finish(entry, written);
    }

    /// <summary>Writes an entry and its content.</summary>
    public void Write(LayerEntry entry, ReadOnlySpan<byte> content)
    {
        WriteHeader(entry);
        if (content.Length == entry.Size)
        {
            _stream.Write(content);
        }
        Finish(entry, content.Length);
    }

    private void Finish(LayerEntry entry, long written)
    {
        if (written != entry.Size)
        {
            throw new InvalidDataException($"'./{entry.Path}' has {entry.Size} bytes in its header but {(written > entry.Size ? "more" : written.ToString(CultureInfo.InvariantCulture))} in its content.");
        }
        int padding = (int)(-written & (TarHeader.BlockSize - 1));
        _stream.Write(s_zeros, 0, padding);
        Position += written + padding;
    }

    private void WriteHeader(LayerEntry entry)
    {
        if (entry.Kind != ImageFileKind.File && entry.Size != 0)
        {
            throw new ArgumentException($"'./{entry.Path}' is no regular file but has a size.", nameof(entry));
        }
        if (entry.Uid < 0 || entry.Gid < 0 || entry.Size < 0 || (entry.Mode & ~0xFFF) != 0)
        {
            throw new ArgumentException($"'./{entry.Path}' has an owner, size or mode that cannot be.", nameof(entry));
        }
        byte[] name = entry.Path.IsRoot ? "./"u8.ToArray() : entry.Kind == ImageFileKind.Directory ? [.. entry.Path.Span, (byte)'/'] : entry.Path.Span.ToArray();
        int split = Split(name);
        SortedDictionary<string, byte[]> pax = Pax(entry, name, split);
        if (pax.Count > 0)
        {
            WritePax(pax);
        }
        byte[] block = new byte[TarHeader.BlockSize];
        if (split > 0)
        {
            name.AsSpan(0, split).CopyTo(block.AsSpan(345));
            name.AsSpan(split + 1).CopyTo(block);
        }
        else
        {
            name.AsSpan(0, Math.Min(name.Length, 100)).CopyTo(block);
        }
        entry.LinkTarget.Span[..Math.Min(entry.LinkTarget.Length, 100)].CopyTo(block.AsSpan(157));
        bool device = entry.Kind is ImageFileKind.CharacterDevice or ImageFileKind.BlockDevice;
        Octal(block, 329, 8, device ? entry.DeviceMajor : 0);
        Octal(block, 337, 8, device ? entry.DeviceMinor : 0);
        WriteBlock(block, TypeFlag(entry.Kind), entry.Mode, Fit(entry.Uid, MaxOctal8), Fit(entry.Gid, MaxOctal8), Fit(entry.Size, MaxOctal12), Fit(entry.ModifiedTime, MaxOctal12));
    }

    private static SortedDictionary<string, byte[]> Pax(LayerEntry entry, byte[] name, int split)
    {
        SortedDictionary<string, byte[]> records = new(StringComparer.Ordinal);
        if (split < 0)
        {
            records["path"] = name;
        }
        if (entry.LinkTarget.Length > 100)
        {
            records["linkpath"] = entry.LinkTarget.ToArray();
        }
        AddNumber(records, "uid", entry.Uid, MaxOctal8);
        AddNumber(records, "gid", entry.Gid, MaxOctal8);
        AddNumber(records, "size", entry.Size, MaxOctal12);
        AddNumber(records, "mtime", entry.ModifiedTime, MaxOctal12);
        foreach ((string key, ReadOnlyMemory<byte> value) in entry.Xattrs)
        {
            if (key.Length == 0 || key.Contains('=', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'./{entry.Path}' has the extended attribute '{key}', a name that tar cannot hold.", nameof(entry));
            }
            records["SCHILY.xattr." + key] = value.ToArray();
        }
        return records;
    }

    private void WritePax(SortedDictionary<string, byte[]> records)
    {
        using MemoryStream data = new();
        foreach ((string key, byte[] value) in records)
        {
            byte[] keyBytes = Encoding.UTF8.GetBytes(key);
            int rest = 1 + keyBytes.Length + 1 + value.Length + 1;
            int length = rest + Digits(rest);
            length = rest + Digits(length); // the length counts its own digits, which may add one
            data.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
            data.WriteByte((byte)' ');
            data.Write(keyBytes);
            data.WriteByte((byte)'=');
            data.Write(value);
            data.WriteByte((byte)'\n');
        }
        byte[] block = new byte[TarHeader.BlockSize];
        "PaxHeaders/x"u8.CopyTo(block);
        Octal(block, 329, 8, 0);
        Octal(block, 337, 8, 0);
        WriteBlock(block, 'x', 0x1A4, 0, 0, data.Length, 0);
        int padding = (int)(-data.Length & (TarHeader.BlockSize - 1));
        data.Write(s_zeros, 0, padding);
        _stream.Write(data.GetBuffer(), 0, (int)data.Length);
        Position += data.Length;
    }

    private void WriteBlock(byte[] block, char type, long mode, long uid, long gid, long size, long time)
    {
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, uid);
        Octal(block, 116, 8, gid);
        Octal(block, 124, 12, size);
        Octal(block, 136, 12, time);
        block[156] = (byte)type;
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        block.AsSpan(148, 8).Fill((byte)' ');
        long sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }
        Octal(block, 148, 7, sum); // six digits and NUL; the space of the fill stays behind it
        _stream.Write(block);
        Position += block.Length;
    }

    /// <summary>0 where the name fits, the place of the '/' to split at, or -1 where neither does.</summary>
    private static int Split(byte[] name)
    {
        if (name.Length <= 100)
        {
            return 0;
        }
        for (int i = Math.Max(name.Length - 101, 1); i <= 155 && i < name.Length - 1; i++)
        {
            if (name[i] == '/')
            {
                return i;
            }
        }
        return -1;
    }

    private static char TypeFlag(ImageFileKind kind) => kind switch
    {
        ImageFileKind.File => '0',
        ImageFileKind.HardLink => '1',
        ImageFileKind.SymbolicLink => '2',
        ImageFileKind.CharacterDevice => '3',
        ImageFileKind.BlockDevice => '4',
        ImageFileKind.Directory => '5',
        ImageFileKind.Fifo => '6',
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static void AddNumber(SortedDictionary<string, byte[]> records, string key, long value, long max)
    {
        if (Fit(value, max) != value)
        {
            records[key] = Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static long Fit(long value, long max) => value >= 0 && value <= max ? value : 0;

    private static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;

    private static void Octal(byte[] block, int offset, int length, long value)
    {
        for (int i = offset + length - 2; i >= offset; i--, value >>= 3)
        {
            block[i] = (byte)('0' + (value & 7));
        }
        block[offset + length - 1] = 0;
        if (value != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), "A device number that ustar cannot hold.");
        }
    }
}
