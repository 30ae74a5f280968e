using System.Buffers.Binary;
using System.Globalization;
using BaseImage.Errors;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Reads .xz data: streams, blocks, their checksums, indexes and footers, all of which have to agree. Source: The .xz File Format 1.2.1. Filters other than LZMA2 alone, which dpkg and apt's archives
/// never use, are refused.
/// </summary>
internal sealed class XzReader(CompressedSource source, string sourceName, long maxMemory) : ReadOnlyForwardStream
{
    private readonly List<(long Unpadded, long Raw)> _blocks = [];
    private Lzma2Reader? _block;
    private XzCheck? _check;
    private byte[] _flags = [];
    private long _blockStart;
    private long _blockRaw;
    private long _headerSize;
    private long? _saysCompressed;
    private long? _saysRaw;
    private bool _inStream;
    private bool _ended;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (!_ended && count > 0)
        {
            if (_block is null && !NextBlock())
            {
                break;
            }
            int read = _block!.Read(buffer.AsSpan(offset, count));
            if (read > 0)
            {
                _blockRaw += read;
                _check!.Update(buffer.AsSpan(offset, read));
                return read;
            }
            EndBlock();
        }
        return 0;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block?.Dispose();
            _check?.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool NextBlock()
    {
        while (true)
        {
            if (!_inStream)
            {
                ReadStreamHeader();
            }
            ReadOnlySpan<byte> size = source.Peek(1);
            if (size.IsEmpty)
            {
                throw new EndOfStreamException();
            }
            if (size[0] != 0)
            {
                ReadBlockHeader((size[0] + 1) * 4);
                return true;
            }
            ReadIndexAndFooter();
            if (!AnotherStream())
            {
                _ended = true;
                return false;
            }
        }
    }

    private void ReadStreamHeader()
    {
        byte[] header = Take(12);
        if (!header.AsSpan(0, 6).SequenceEqual<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) || header[6] != 0
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != XzCheck.Crc(header.AsSpan(6, 2)))
        {
            throw new InvalidDataException("a stream header is wrong");
        }
        _flags = header[6..8];
        _check?.Dispose();
        _check = XzCheck.Create(header[7]) ?? throw new InvalidDataException("it uses a checksum that is not defined");
        _blocks.Clear();
        _inStream = true;
    }

    private void ReadBlockHeader(int size)
    {
        _blockStart = source.Position;
        byte[] header = Take(size);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(size - 4)) != XzCheck.Crc(header.AsSpan(0, size - 4)))
        {
            throw new InvalidDataException("a block's header is wrong");
        }
        if ((header[1] & 0x3F) != 0)
        {
            throw new InvalidDataException("it uses filters other than LZMA2, which no package or index does");
        }
        int at = 2;
        ReadOnlySpan<byte> fields = header.AsSpan(0, size - 4);
        _saysCompressed = (header[1] & 0x40) != 0 ? Integer(fields, ref at) : null;
        _saysRaw = (header[1] & 0x80) != 0 ? Integer(fields, ref at) : null;
        if (Integer(fields, ref at) != 0x21 || Integer(fields, ref at) != 1 || at >= fields.Length || fields[at] > 40 || fields[(at + 1)..].IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new InvalidDataException("it uses filters other than LZMA2, which no package or index does");
        }
        byte dictionary = fields[at];
        long bytes = dictionary == 40 ? uint.MaxValue : (2L | (dictionary & 1)) << ((dictionary / 2) + 11);
        if (bytes > maxMemory)
        {
            throw new DecompressionLimitException(sourceName, string.Create(CultureInfo.InvariantCulture, $"asks for a dictionary of {bytes} bytes; {maxMemory} are allowed"));
        }
        _headerSize = size;
        _blockRaw = 0;
        _check!.Start();
        _block = new Lzma2Reader(source, (int)bytes);
    }

    private void EndBlock()
    {
        _block!.Dispose();
        _block = null;
        long compressed = source.Position - _blockStart - _headerSize;
        if (_blockRaw != (_saysRaw ?? _blockRaw) || compressed != (_saysCompressed ?? compressed))
        {
            throw new InvalidDataException("a block has another size than its header says");
        }
        ReadPadding();
        byte[] expected = Take(_check!.Size);
        if (!_check.Matches(expected))
        {
            throw new InvalidDataException("a block's checksum does not hold");
        }
        _blocks.Add((_headerSize + compressed + _check.Size, _blockRaw));
    }

    private void ReadIndexAndFooter()
    {
        long start = source.Position;
        XzIndexBytes index = new(source);
        index.Take();
        bool holds = index.Integer() == _blocks.Count;
        foreach ((long unpadded, long raw) in holds ? _blocks : [])
        {
            holds = holds && index.Integer() == unpadded && index.Integer() == raw;
        }
        while (holds && (source.Position - start) % 4 != 0)
        {
            holds = index.Take() == 0;
        }
        uint sum = index.Crc;
        byte[] end = holds ? Take(16) : [];
        long size = source.Position - 12 - start;
        if (!holds || BinaryPrimitives.ReadUInt32LittleEndian(end) != sum
            || BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(4)) != XzCheck.Crc(end.AsSpan(8, 6))
            || (BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(8)) + 1L) * 4 != size
            || !end.AsSpan(12, 2).SequenceEqual(_flags) || !end.AsSpan(14).SequenceEqual("YZ"u8))
        {
            throw new InvalidDataException("its index or footer does not match its blocks");
        }
        _inStream = false;
    }

    /// <summary>Passes over stream padding (zeros, a multiple of four).</summary>
    private bool AnotherStream()
    {
        while (!source.IsAtEnd)
        {
            if (source.Peek(1)[0] != 0)
            {
                return true;
            }
            if (Take(4).AsSpan().IndexOfAnyExcept((byte)0) >= 0)
            {
                throw new InvalidDataException("it is followed by something else");
            }
        }
        return false;
    }

    private void ReadPadding()
    {
        int padding = (int)(-(source.Position - _blockStart) & 3);
        if (Take(padding).AsSpan().IndexOfAnyExcept((byte)0) >= 0)
        {
            throw new InvalidDataException("its padding is not zero");
        }
    }

    private static long Integer(ReadOnlySpan<byte> bytes, ref int at)
    {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7)
        {
            byte next = at < bytes.Length ? bytes[at++] : throw new InvalidDataException("a block's header is wrong");
            value |= (next & 0x7FL) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }
        throw new InvalidDataException("a block's header is wrong");
    }

    private byte[] Take(int count)
    {
        byte[] bytes = new byte[count];
        source.ReadExactly(bytes);
        return bytes;
    }
}
