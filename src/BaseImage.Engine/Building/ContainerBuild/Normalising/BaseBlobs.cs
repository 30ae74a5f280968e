using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>
/// The blobs of a base's layers: as they lie in the module's store or in a layout that was named, so that registries and hosts
/// share them; else compressed here, always to the same bytes.
/// </summary>
internal sealed class BaseBlobs : IAsyncDisposable
{
    private const string Kind = "base-layer";
    private readonly List<IImageSource> _sources = [];
    private readonly Dictionary<Digest, SourceLayer> _known = [];
    private readonly ContentCache _cache;
    private readonly Codec _codec;

    /// <summary>Makes it.</summary>
    /// <param name="cache">Where what is compressed here is kept.</param>
    /// <param name="codec">How.</param>
    public BaseBlobs(ContentCache cache, Codec codec) => (_cache, _codec) = (cache, codec);

    /// <summary>How many layers had to be compressed.</summary>
    public int Compressed { get; private set; }

    /// <summary>Looks for layers.</summary>
    /// <param name="diffIds">The layers.</param>
    /// <param name="places">Places to look into, the first that has a layer counts.</param>
    /// <param name="openAsync">Opens one.</param>
    /// <param name="reporter">Told of places that cannot be read.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task FindAsync(IReadOnlyList<Digest> diffIds, IReadOnlyList<string> places, Func<string, CancellationToken, Task<IImageSource>> openAsync, IReporter reporter, CancellationToken cancellationToken)
    {
        HashSet<Digest> wanted = [.. diffIds];
        foreach (string place in places.TakeWhile(_ => wanted.Count > 0))
        {
            try
            {
                IImageSource source = await openAsync(place, cancellationToken).ConfigureAwait(false);
                _sources.Add(source);
                foreach (SourceLayer layer in (await source.ReadAsync(cancellationToken).ConfigureAwait(false)).SelectMany(image => image.Manifests).SelectMany(manifest => manifest.Layers))
                {
                    if (wanted.Remove(layer.DiffId))
                    {
                        _known.Add(layer.DiffId, layer);
                    }
                }
            }
            catch (BaseImageException e) when (place.Length == 0)
            {
                // The store may be damaged by itself; what was named has to be readable.
                reporter.Warning($"The module's store is not looked into for the base's layers: {e.Message}");
            }
        }
    }

    /// <summary>A layer as it goes into the image.</summary>
    /// <param name="layer">The layer as the engine exported it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BuiltLayer> GetAsync(SourceLayer layer, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(layer.DiffId, out SourceLayer? stored))
        {
            OciDescriptor descriptor = stored.Descriptor with { MediaType = MediaTypes.OciLayer + (stored.Descriptor.MediaType.EndsWith("zstd", StringComparison.Ordinal) ? "+zstd" : stored.Descriptor.MediaType.EndsWith("gzip", StringComparison.Ordinal) ? "+gzip" : "") };
            return new BuiltLayer(descriptor, stored.DiffId, stored.OpenBlobAsync);
        }

        string key = $"{_codec.Identity} {layer.DiffId}";
        if (await _cache.TryOpenBlobAsync(Kind, key, cancellationToken).ConfigureAwait(false) is { } cached)
        {
            await using (cached.ConfigureAwait(false))
            {
                return CachedLayers.Of(_cache, _codec, cached.Digest, cached.Content.Length, layer.DiffId);
            }
        }

        Compressed++;
        BuiltLayer made = await CachedLayers.WriteAsync(_cache, _codec, $"base layer {layer.DiffId}", async (target, token) =>
        {
            Stream tar = await layer.OpenTarAsync(token).ConfigureAwait(false);
            await using (tar.ConfigureAwait(false))
            {
                await Task.Run(() => Copy(tar, target, token), token).ConfigureAwait(false);
            }
        }, cancellationToken).ConfigureAwait(false);
        await _cache.PutBlobAsync(Kind, key, made.Descriptor.Digest, cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IImageSource source in _sources)
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Copy(Stream from, Stream to, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 17];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            to.Write(buffer, 0, read);
        }
    }
}
