using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Opens the tar inside a layer's blob.</summary>
internal static class LayerTar
{
    /// <summary>Opens a blob's tar; reading to its end checks the tar's diffID and, to the last byte, the blob itself.</summary>
    /// <param name="blob">The blob; disposed of with the result.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="mediaType">What its descriptor says it is.</param>
    /// <param name="diffId">The tar's digest.</param>
    internal static Stream Open(Stream blob, string name, string mediaType, Digest diffId)
    {
        if (mediaType.Length > 0 && (!mediaType.Contains("tar", StringComparison.Ordinal) || mediaType.EndsWith("+encrypted", StringComparison.Ordinal)))
        {
            blob.Dispose();
            throw new ImageDocumentInvalidException(name, $"a layer of the type '{mediaType}' cannot be read as a tar");
        }

        try
        {
            Stream plain = Codecs.OpenDecompressed(blob, name, DecompressionLimits.Layer);
            return new VerifiedStream(plain, $"{name} (uncompressed)", diffId, size: null, behind: blob);
        }
        catch
        {
            blob.Dispose();
            throw;
        }
    }
}
