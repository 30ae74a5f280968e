using System.Diagnostics.CodeAnalysis;
using BaseImage.Errors;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Reads a tar archive entry by entry, byte exact, in one pass and without seeking: Version 7, ustar, GNU (long names and
/// links, base-256 numbers) and pax. Nothing is believed: every checksum, number, name and size is checked, and what
/// readers are known to understand differently (keys twice, sizes on links, pax and GNU names at once, global headers
/// that change entries) is refused, so that nobody can show an auditor another tree than an engine.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The content stream is a window on the archive and holds nothing of its own.")]
internal sealed class TarReader : ITarEntries
{
    private readonly Stream _stream;
    private readonly TarRules _rules;
    private readonly byte[] _block = new byte[TarHeader.BlockSize];
    private readonly EntryContent _content;
    private byte[]? _scratch;
    private long _position;
    private long _entries;
    private bool _ended;

    /// <summary>Makes a reader.</summary>
    /// <param name="stream">The uncompressed archive; stays open.</param>
    /// <param name="sourceName">What errors call it.</param>
    /// <param name="rules">What it may hold; <see cref="TarRules.Layer"/> if left out.</param>
    public TarReader(Stream stream, string sourceName, TarRules? rules = null)
    {
        (_stream, SourceName, _rules) = (stream, sourceName, rules ?? TarRules.Layer);
        _content = new EntryContent(this);
    }

    /// <inheritdoc/>
    public string SourceName { get; }

    /// <inheritdoc/>
    public Stream Content => _content;

    /// <summary>True where something other than zeros followed the end marker, which <see cref="TarRules.Layer"/> passes over.</summary>
    public bool HasTrailingContent { get; private set; }

    /// <summary>Reads the next entry; after the last one the stream is read to its own end, so that a digest of it is complete.</summary>
    /// <exception cref="TarInvalidException">The format is broken.</exception>
    /// <exception cref="TarHostileException">A name or link leaves the root, or a device where none may be.</exception>
    /// <exception cref="TarLimitException">Too many entries, too long names or headers.</exception>
    public LayerEntry? Next()
    {
        if (_ended)
        {
            return null;
        }
        Skip(_content.Remaining + Padding(_content.Size));
        _content.Start(0);
        Pending pending = new();
        while (ReadHeader())
        {
            if (!TarHeader.ChecksumHolds(_block))
            {
                throw Invalid("a header with a wrong checksum");
            }
            long size = Number(124, 12, "size");
            switch ((char)_block[156])
            {
                case 'x':
                    if (pending.Pax is not null)
                    {
                        throw Invalid("two pax headers for one entry");
                    }
                    pending.Pax = ReadPax(size, pending);
                    break;
                case 'g':
                    if (ReadPax(size, pending).ChangesEntries)
                    {
                        throw Invalid("a global pax header that changes entries, which readers understand differently");
                    }
                    break;
                case 'L':
                    pending.LongName = ReadLong(size, pending, pending.LongName is null);
                    break;
                case 'K':
                    pending.LongLink = ReadLong(size, pending, pending.LongLink is null);
                    break;
                default:
                    return Entry(size, pending);
            }
        }
        if (pending.HeaderBytes > 0)
        {
            throw Invalid("an extended header without an entry");
        }
        _ended = true;
        return null;
    }

    private LayerEntry Entry(long size, Pending pending)
    {
        if (++_entries > _rules.MaxEntries)
        {
            throw new TarLimitException(SourceName, $"more than {_rules.MaxEntries} entries");
        }
        PaxRecords pax = pending.Pax ?? new PaxRecords();
        if ((pax.Path is not null && pending.LongName is not null) || (pax.LinkPath is not null && pending.LongLink is not null))
        {
            throw Invalid("a pax name and a GNU name for one entry");
        }
        ReadOnlyMemory<byte> rawName = pax.Path ?? pending.LongName ?? TarHeader.Name(_block);
        ReadOnlyMemory<byte> rawLink = pax.LinkPath ?? pending.LongLink ?? TarHeader.Text(_block.AsSpan(157, 100)).ToArray();
        LayerPath path = Path(rawName, "the name", LayerText.Escape(rawName.Span));
        ImageFileKind kind = Kind(rawName.Span, path);
        size = pax.Size ?? size;
        if (size != 0 && kind != ImageFileKind.File)
        {
            throw Invalid($"'./{path}' is no regular file but has a size of {size}");
        }
        if (path.IsRoot && kind != ImageFileKind.Directory)
        {
            throw new TarHostileException(SourceName, "an entry would replace the root directory by something else");
        }
        bool isDevice = kind is ImageFileKind.CharacterDevice or ImageFileKind.BlockDevice;
        LayerEntry entry = new()
        {
            Path = path,
            Kind = kind,
            Mode = (int)(Number(100, 8, "mode", negative: true) & 0xFFF),
            Uid = Owner(pax.Uid ?? Number(108, 8, "uid"), path),
            Gid = Owner(pax.Gid ?? Number(116, 8, "gid"), path),
            Size = size,
            ModifiedTime = pax.ModifiedTime ?? Number(136, 12, "time", negative: true),
            LinkTarget = Link(kind, path, rawLink),
            DeviceMajor = isDevice && TarHeader.IsUstar(_block) ? Number(329, 8, "device number") : 0,
            DeviceMinor = isDevice && TarHeader.IsUstar(_block) ? Number(337, 8, "device number") : 0,
            Xattrs = pax.Xattrs,
        };
        _content.Start(size);
        return entry;
    }

    private ImageFileKind Kind(ReadOnlySpan<byte> rawName, LayerPath path)
    {
        char type = (char)_block[156];
        ImageFileKind kind = type switch
        {
            // Version 7 knows directories by the slash alone; GNU tar, bsdtar and dpkg honour it still.
            '\0' or '0' or '7' => rawName.EndsWith("/"u8) ? ImageFileKind.Directory : ImageFileKind.File,
            '1' => ImageFileKind.HardLink,
            '2' => ImageFileKind.SymbolicLink,
            '3' => ImageFileKind.CharacterDevice,
            '4' => ImageFileKind.BlockDevice,
            '5' => ImageFileKind.Directory,
            '6' => ImageFileKind.Fifo,
            'S' => throw Invalid($"'./{path}' is a sparse file, which images cannot hold"),
            _ => throw Invalid($"'./{path}' has the unknown type 0x{(int)type:x2}"),
        };
        if (!_rules.AllowDevices && kind is ImageFileKind.CharacterDevice or ImageFileKind.BlockDevice or ImageFileKind.Fifo)
        {
            throw new TarHostileException(SourceName, $"'./{path}' is a {(kind == ImageFileKind.Fifo ? "fifo" : "device")}, which no package may ship");
        }
        return kind;
    }

    private ReadOnlyMemory<byte> Link(ImageFileKind kind, LayerPath path, ReadOnlyMemory<byte> raw)
    {
        if (kind is not (ImageFileKind.SymbolicLink or ImageFileKind.HardLink))
        {
            return default;
        }
        if (raw.IsEmpty)
        {
            throw Invalid($"'./{path}' is a link without a target");
        }
        if (kind == ImageFileKind.HardLink)
        {
            LayerPath target = Path(raw, "the hard link target", $"{LayerText.Escape(raw.Span)}' of './{path}");
            return target == path || target.IsRoot ? throw Invalid($"'./{path}' is a hard link to itself or to the root") : target.Bytes;
        }
        if (raw.Length > _rules.MaxPathLength)
        {
            throw new TarLimitException(SourceName, $"'./{path}' has a link target longer than {_rules.MaxPathLength} bytes");
        }
        if (raw.Span.Contains((byte)0))
        {
            throw Invalid($"'./{path}' has a link target with a NUL byte");
        }
        if (!_rules.AllowLinksAboveRoot && ClimbsAboveRoot(path, raw.Span))
        {
            throw new TarHostileException(SourceName, $"the symbolic link './{path}' leads out of the root: '{LayerText.Escape(raw.Span)}'");
        }
        return raw;
    }

    /// <summary>True where the target, read from the link's directory (or the root, if absolute), climbs above the root at any point.</summary>
    private static bool ClimbsAboveRoot(LayerPath path, ReadOnlySpan<byte> target)
    {
        int depth = target[0] == '/' ? 0 : path.Span.Count((byte)'/');
        while (!target.IsEmpty)
        {
            int slash = target.IndexOf((byte)'/');
            ReadOnlySpan<byte> part = slash < 0 ? target : target[..slash];
            target = slash < 0 ? default : target[(slash + 1)..];
            depth += part.IsEmpty || part.SequenceEqual("."u8) ? 0 : part.SequenceEqual(".."u8) ? -1 : 1;
            if (depth < 0)
            {
                return true;
            }
        }
        return false;
    }

    private LayerPath Path(ReadOnlyMemory<byte> raw, string what, string shown)
    {
        if (raw.IsEmpty)
        {
            throw Invalid("an entry without a name");
        }
        if (raw.Length > _rules.MaxPathLength)
        {
            throw new TarLimitException(SourceName, $"{what} of an entry is longer than {_rules.MaxPathLength} bytes");
        }
        if (raw.Span.Contains((byte)0))
        {
            throw Invalid($"{what} '{shown}' has a NUL byte");
        }
        if (raw.Span[0] == '/' && !_rules.AllowAbsoluteNames)
        {
            throw new TarHostileException(SourceName, $"{what} '{shown}' is absolute");
        }
        return LayerPath.TryCreate(raw, out LayerPath path) ? path : throw new TarHostileException(SourceName, $"{what} '{shown}' leads out of the root with '..'");
    }

    private long Owner(long id, LayerPath path)
        => id <= uint.MaxValue ? id : throw Invalid($"'./{path}' has an owner or group beyond 32 bits");

    private long Number(int offset, int length, string what, bool negative = false)
        => TarHeader.TryNumber(_block.AsSpan(offset, length), out long value) && (negative || value >= 0) ? value : throw Invalid($"a header whose {what} is not a number that can be");

    private PaxRecords ReadPax(long size, Pending pending)
    {
        PaxRecords records = new();
        return records.Read(ReadHeaderData(size, pending)) is string problem ? throw Invalid(problem) : records;
    }

    private ReadOnlyMemory<byte> ReadLong(long size, Pending pending, bool first)
        => first ? TarHeader.Text(ReadHeaderData(size, pending)).ToArray() : throw Invalid("two GNU long names for one entry");

    private byte[] ReadHeaderData(long size, Pending pending)
    {
        if (size > _rules.MaxHeaderSize - pending.HeaderBytes)
        {
            throw new TarLimitException(SourceName, $"an entry has more than {_rules.MaxHeaderSize} bytes of extended headers");
        }
        pending.HeaderBytes += TarHeader.BlockSize + (int)size;
        byte[] data = new byte[size];
        ReadExactly(data);
        Skip(Padding(size));
        return data;
    }

    /// <summary>Reads a header block; false at the end marker or, where it may be missing, at the end of the stream.</summary>
    private bool ReadHeader()
    {
        int read = _stream.ReadAtLeast(_block, TarHeader.BlockSize, throwOnEndOfStream: false);
        _position += read;
        if (read == TarHeader.BlockSize && _block.AsSpan().IndexOfAnyExcept((byte)0) >= 0)
        {
            return true;
        }
        if (read != TarHeader.BlockSize && (read != 0 || _rules.RequireEnd))
        {
            throw Invalid(read == 0 ? "the archive ends without an end marker" : "the archive ends in the middle of a header");
        }
        ReadToEnd();
        return false;
    }

    private void ReadToEnd()
    {
        byte[] scratch = Scratch();
        for (int read; (read = _stream.Read(scratch)) > 0; _position += read)
        {
            HasTrailingContent |= scratch.AsSpan(0, read).IndexOfAnyExcept((byte)0) >= 0;
            if (HasTrailingContent && _rules.RequireEnd)
            {
                throw Invalid("something follows the archive's end");
            }
        }
    }

    private void ReadExactly(Span<byte> data)
    {
        int read = _stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        _position += read;
        if (read != data.Length)
        {
            throw Truncated();
        }
    }

    private void Skip(long count)
    {
        byte[] scratch = count > 0 ? Scratch() : [];
        while (count > 0)
        {
            int read = _stream.Read(scratch, 0, (int)Math.Min(count, scratch.Length));
            if (read == 0)
            {
                throw Truncated();
            }
            _position += read;
            count -= read;
        }
    }

    private byte[] Scratch() => _scratch ??= new byte[32 * 1024];

    private static long Padding(long size) => -size & (TarHeader.BlockSize - 1);

    private TarInvalidException Truncated() => Invalid("the archive ends in the middle of an entry");

    private TarInvalidException Invalid(string problem) => new(SourceName, $"{problem} (before byte {_position})");

    /// <summary>What extended headers have said about the entry to come.</summary>
    private sealed class Pending
    {
        public PaxRecords? Pax { get; set; }

        public ReadOnlyMemory<byte>? LongName { get; set; }

        public ReadOnlyMemory<byte>? LongLink { get; set; }

        public int HeaderBytes { get; set; }
    }

    private sealed class EntryContent(TarReader reader) : ReadOnlyForwardStream
    {
        public long Size { get; private set; }

        public long Remaining { get; private set; }

        public void Start(long size) => (Size, Remaining) = (size, size);

        public override int Read(Span<byte> buffer)
        {
            if (Remaining == 0 || buffer.IsEmpty)
            {
                return 0;
            }
            int read = reader._stream.Read(buffer[..(int)Math.Min(buffer.Length, Remaining)]);
            if (read == 0)
            {
                throw reader.Truncated();
            }
            reader._position += read;
            Remaining -= read;
            return read;
        }
    }
}
