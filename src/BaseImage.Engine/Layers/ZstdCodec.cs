using System.Buffers;
using System.Collections.Concurrent;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace BaseImage.Engine.Layers;

/// <summary>A zstd frame a block, with its content's size and checksum.</summary>
internal sealed class ZstdCodec(int level) : Codec
{
    // Each has tables of a megabyte; a frame does not depend on the frames that its compressor made before.
    private readonly ConcurrentBag<Compressor> _compressors = [];
    private readonly ConcurrentBag<Decompressor> _decompressors = [];

    /// <inheritdoc/>
    public override string Name => "zstd";

    /// <inheritdoc/>
    public override string Identity => $"zstd-{level}/ZstdSharp-0.8.8/{BlockSize}";

    /// <inheritdoc/>
    public override string MediaTypeSuffix => "+zstd";

    /// <inheritdoc/>
    public override void CompressBlock(byte[] raw, int length, Stream output)
    {
        Compressor compressor = _compressors.TryTake(out Compressor? free) ? free : Create();
        byte[] frame = ArrayPool<byte>.Shared.Rent(Compressor.GetCompressBound(length));
        try
        {
            output.Write(frame, 0, compressor.Wrap(raw.AsSpan(0, length), frame.AsSpan(0, Compressor.GetCompressBound(length))));
            _compressors.Add(compressor);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <inheritdoc/>
    public override int InflateBlock(byte[] packed, int length, byte[] raw)
    {
        Decompressor decompressor = _decompressors.TryTake(out Decompressor? free) ? free : new Decompressor();
        try
        {
            int read = decompressor.Unwrap(packed.AsSpan(0, length), raw);
            _decompressors.Add(decompressor);
            return read;
        }
        catch (ZstdException e)
        {
            throw new InvalidDataException("A zstd frame is damaged.", e);
        }
    }

    private Compressor Create()
    {
        Compressor compressor = new(level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor;
    }
}
