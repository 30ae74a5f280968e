using System.Security.Cryptography;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>Layers whose compressed blobs lie in the cache.</summary>
internal static class CachedLayers
{
    /// <summary>Compresses a tar into the cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="codec">How.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="writeAsync">Writes the tar.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<BuiltLayer> WriteAsync(ContentCache cache, Codec codec, string name, Func<Stream, CancellationToken, Task> writeAsync, CancellationToken cancellationToken)
    {
        CacheWriter writer = cache.CreateWriter();
        await using (writer.ConfigureAwait(false))
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            CompressorStream compressor = codec.Compress(writer, BoundedParallel.Workers(0));
            await using (compressor.ConfigureAwait(false))
            {
                await writeAsync(new HashingWriteStream(compressor, hash), cancellationToken).ConfigureAwait(false);
            }

            long size = writer.Length;
            Digest digest = await writer.CommitAsync(null, name, cancellationToken).ConfigureAwait(false);
            return Of(cache, codec, digest, size, Digest.FromSha256(hash.GetHashAndReset()));
        }
    }

    /// <summary>A layer whose blob is there.</summary>
    public static BuiltLayer Of(ContentCache cache, Codec codec, Digest digest, long size, Digest diffId)
        => new(new OciDescriptor(MediaTypes.OciLayer + codec.MediaTypeSuffix, digest, size), diffId,
            async token => await cache.TryOpenAsync(digest, token).ConfigureAwait(false) ?? throw new Errors.CacheChangedException(cache.Root));
}
