using System.Globalization;
using BaseImage.Errors;
using SharpCompress.Compressors.LZMA;

namespace BaseImage.Engine.Layers;

/// <summary>Decoded data, counted against its limits; whatever a decoder throws becomes one clear error.</summary>
internal sealed class DecompressedStream : ReadOnlyForwardStream
{
    private readonly CompressedSource _source;
    private readonly string _sourceName;
    private readonly DecompressionLimits _limits;
    private readonly CompressionFormat _format;
    private Stream? _decoder;
    private bool _ended;

    public DecompressedStream(Stream stream, string sourceName, DecompressionLimits limits, CompressionFormat? format)
    {
        (_source, _sourceName, _limits) = (new CompressedSource(stream), sourceName, limits);
        _format = format ?? Sniff(_source.Peek(6));
    }

    /// <summary>The format.</summary>
    public CompressionFormat Format => _format;

    /// <summary>Bytes that came out so far.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Bytes of compressed data taken so far.</summary>
    public long BytesIn => _source.Position;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_ended || count == 0)
        {
            return 0;
        }
        int read;
        try
        {
            _decoder ??= Open();
            read = _decoder.Read(buffer, offset, count);
        }
        catch (Exception e) when (_source.Fault is null && e is not (BaseImageException or OperationCanceledException))
        {
            throw Invalid(e is EndOfStreamException ? "ends too early" : $"is damaged ({e.Message.TrimEnd('.')})", e);
        }
        if (read == 0)
        {
            _ended = true;
            if (_format is CompressionFormat.Lzma or CompressionFormat.Bzip2 && _source.WasReadPastEnd)
            {
                throw Invalid("ends too early");
            }
            if (!_source.IsAtEnd)
            {
                throw Invalid("is followed by something else");
            }
        }
        BytesOut += read;
        Check();
        return read;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        // Every decoder here works on arrays; a rented one costs one copy, and only callers with spans pay it.
        byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, 64 * 1024));
        try
        {
            int read = Read(rented, 0, Math.Min(buffer.Length, rented.Length));
            rented.AsSpan(0, read).CopyTo(buffer);
            return read;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    private static CompressionFormat Sniff(ReadOnlySpan<byte> start)
        => start.StartsWith<byte>([0x1F, 0x8B]) ? CompressionFormat.Gzip
        : start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) || IsSkippableFrame(start) ? CompressionFormat.Zstd
        : start.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) ? CompressionFormat.Xz
        : start.StartsWith("BZh"u8) ? CompressionFormat.Bzip2
        : start.StartsWith<byte>([0x5D, 0x00, 0x00]) ? CompressionFormat.Lzma
        : CompressionFormat.None;

    private static bool IsSkippableFrame(ReadOnlySpan<byte> start) => start.Length >= 4 && (start[0] & 0xF0) == 0x50 && start[1..4].SequenceEqual<byte>([0x2A, 0x4D, 0x18]);

    private Stream Open() => _format switch
    {
        CompressionFormat.Gzip => new StrictGzipStream(_source),
        CompressionFormat.Zstd => Zstd(),
        CompressionFormat.Xz => new XzReader(_source, _sourceName, _limits.MaxMemory),
        CompressionFormat.Bzip2 => new Bzip2Reader(_source),
        CompressionFormat.Lzma => Lzma(),
        _ => _source,
    };

    private ZstdSharp.DecompressionStream Zstd()
    {
        ZstdSharp.DecompressionStream zstd = new(_source, checkEndOfStream: true, leaveOpen: true);
        zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, System.Numerics.BitOperations.Log2((ulong)_limits.MaxMemory));
        return zstd;
    }

    private LzmaStream Lzma()
    {
        byte[] header = new byte[13];
        _source.ReadExactly(header);
        uint dictionary = BitConverter.ToUInt32(header, 1);
        if (dictionary > _limits.MaxMemory)
        {
            throw new DecompressionLimitException(_sourceName, string.Create(CultureInfo.InvariantCulture, $"asks for a dictionary of {dictionary} bytes; {_limits.MaxMemory} are allowed"));
        }
        return LzmaStream.Create(header[..5], _source, -1, BitConverter.ToInt64(header, 5), leaveOpen: true);
    }

    private void Check()
    {
        if (BytesOut > _limits.MaxBytes)
        {
            throw new DecompressionLimitException(_sourceName, string.Create(CultureInfo.InvariantCulture, $"unpacks to more than {_limits.MaxBytes} bytes"));
        }
        if (BytesOut > _limits.RatioFrom && BytesOut / _limits.MaxRatio > Math.Max(_source.Position, 1))
        {
            throw new DecompressionLimitException(_sourceName, string.Create(CultureInfo.InvariantCulture, $"unpacks to more than {_limits.MaxRatio} times its size"));
        }
    }

    private CompressedDataInvalidException Invalid(string problem, Exception? inner = null) => new(_sourceName, $"the {_format.ToString().ToLowerInvariant()} data {problem}", inner);
}
