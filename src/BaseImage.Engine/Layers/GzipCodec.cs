using SharpCompress.Compressors;
using SharpCompress.Compressors.Deflate;

namespace BaseImage.Engine.Layers;

/// <summary>A gzip member a block: no name, time 0, XFL 0, OS 255 (unknown).</summary>
internal sealed class GzipCodec(int level) : Codec
{
    /// <inheritdoc/>
    public override string Name => "gzip";

    /// <inheritdoc/>
    public override string Identity => $"gzip-{level}/SharpCompress-0.50.8/{BlockSize}";

    /// <inheritdoc/>
    public override string MediaTypeSuffix => "+gzip";

    /// <inheritdoc/>
    public override void CompressBlock(byte[] raw, int length, Stream output)
    {
        using GZipStream gzip = new(output, CompressionMode.Compress, (CompressionLevel)level, System.Text.Encoding.UTF8, leaveOpen: true);
        gzip.LastModified = DateTime.UnixEpoch;
        gzip.Write(raw, 0, length);
    }
}
