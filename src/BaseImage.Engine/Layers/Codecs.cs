namespace BaseImage.Engine.Layers;

/// <summary>Reads compressed data of every kind that images, packages and archives come in, strictly.</summary>
internal static class Codecs
{
    /// <summary>
    /// Opens data for reading, uncompressed: gzip (several members), zstd (several frames), xz (several streams), bzip2,
    /// LZMA alone, else the bytes as they are. Reading to the end checks all that the format can check. Damage, an early
    /// end and anything after the end are errors.
    /// </summary>
    /// <param name="stream">The data, read from its present position; not seeked; stays open.</param>
    /// <param name="sourceName">What errors call it.</param>
    /// <param name="limits">How much may come out.</param>
    /// <param name="format">The format, or null to look at the first bytes.</param>
    /// <exception cref="Errors.CompressedDataInvalidException">When reading: damage, an early end, something after the end.</exception>
    /// <exception cref="Errors.DecompressionLimitException">When reading: more came out than the limits allow.</exception>
    public static Stream OpenDecompressed(Stream stream, string sourceName, DecompressionLimits limits, CompressionFormat? format = null)
        => new DecompressedStream(stream, sourceName, limits, format);
}
