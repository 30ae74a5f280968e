using System.Security.Cryptography;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Optimising;

/// <summary>Writes the one layer of an optimised image into the cache. The same files give the same bytes, on any number of workers.</summary>
internal static class OptimizedLayer
{
    /// <summary>Writes it.</summary>
    /// <param name="files">The files, in order.</param>
    /// <param name="contents">The bytes of those that are carried over.</param>
    /// <param name="image">What errors call the image.</param>
    /// <param name="cache">Where it goes.</param>
    /// <param name="codec">How it is compressed.</param>
    /// <param name="workers">How many blocks are compressed at once.</param>
    /// <param name="cancellationToken">Stops it; nothing remains.</param>
    public static async Task<BuiltLayer> WriteAsync(IReadOnlyList<OptimizedFile> files, ContentSpool contents, string image, ContentCache cache, Codec codec, int workers, CancellationToken cancellationToken)
    {
        using IncrementalHash raw = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        CacheWriter blob = cache.CreateWriter();
        await using (blob.ConfigureAwait(false))
        {
            await Task.Run(() =>
            {
                using CompressorStream compressor = codec.Compress(blob, workers);
                TarWriter tar = new(new HashingWriteStream(compressor, raw));
                foreach (OptimizedFile file in files)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Write(tar, file, contents, image);
                }

                tar.WriteEnd();
                compressor.Finish();
            }, cancellationToken).ConfigureAwait(false);
            long size = blob.Length;
            Digest digest = await blob.CommitAsync(null, image, cancellationToken).ConfigureAwait(false);
            return new BuiltLayer(new OciDescriptor(MediaTypes.OciLayer + codec.MediaTypeSuffix, digest, size), Digest.FromSha256(raw.GetHashAndReset()), async token =>
                await cache.TryOpenAsync(digest, token).ConfigureAwait(false) ?? throw new CacheChangedException(cache.Root));
        }
    }

    private static void Write(TarWriter tar, OptimizedFile file, ContentSpool contents, string image)
    {
        if (file.Made is { } made)
        {
            tar.Write(file.Entry, made);
        }
        else if (file.Source is { } source)
        {
            using Stream content = (contents.Of(source) ?? throw new ImageLimitExceededException(image, $"'{source}' has more bytes than can be carried over")).Open();
            tar.Write(file.Entry, content);
        }
        else
        {
            tar.Write(file.Entry);
        }
    }
}
