using ZstdSharp;
using ZstdSharp.Unsafe;

namespace BaseImage.Engine.Layers;

/// <summary>A zstd frame a block, with its content's size and checksum.</summary>
internal sealed class ZstdCodec(int level) : Codec
{
    /// <inheritdoc/>
    public override string Name => "zstd";

    /// <inheritdoc/>
    public override string Identity => $"zstd-{level}/ZstdSharp-0.8/{BlockSize}";

    /// <inheritdoc/>
    public override string MediaTypeSuffix => "+zstd";

    /// <inheritdoc/>
    public override void CompressBlock(byte[] raw, int length, Stream output)
    {
        using Compressor compressor = new(level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        output.Write(compressor.Wrap(raw.AsSpan(0, length)));
    }
}
