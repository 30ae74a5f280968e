using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// Images of an engine. What it tells of them makes the documents; layers, and documents that can be believed, come with an
/// export when they are asked for.
/// </summary>
internal sealed class EngineSource : IImageSource
{
    private const int Workers = 4;

    private readonly DockerEngine _engine;
    private readonly Func<ContentCache> _cache;
    private readonly bool _ownsBatch;
    private readonly List<EngineExport> _exports = [];
    private EngineBatch _batch;

    internal EngineSource(DockerEngine engine, ImageReference reference, EngineBatch batch, bool ownsBatch, Func<ContentCache> cache)
        => (_engine, Reference, _batch, _ownsBatch, _cache) = (engine, reference, batch, ownsBatch, cache);

    /// <inheritdoc/>
    public ImageReference Reference { get; }

    /// <summary>True of layers that are known (<see cref="EngineImages.IsKnown"/>).</summary>
    internal Func<IReadOnlyList<Digest>, bool> IsKnown { get; init; } = _ => false;

    /// <inheritdoc/>
    public IReadOnlyList<ImageFailure> Failures { get; private set; } = [];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SourceImage>> ReadAsync(CancellationToken cancellationToken)
    {
        if (Reference.Name.Length == 0 && Reference.Digest.IsEmpty)
        {
            return await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        }

        EngineImage image = await _batch.DescribeAsync(_engine, Reference, cancellationToken).ConfigureAwait(false)
            ?? throw new ImageNotFoundException(Reference.ToString(), $"{_engine.Info} at {_engine.Host} has no such image", await SuggestAsync(cancellationToken).ConfigureAwait(false));
        return [await SourceAsync(image, Reference, cancellationToken).ConfigureAwait(false)];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _exports.ForEach(export => export.Dispose());
        if (_ownsBatch)
        {
            _batch.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<SourceImage>> ReadAllAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<EngineImageRow> rows = await _engine.Images.ListAsync(cancellationToken).ConfigureAwait(false);
        ImageReference[] references = [.. rows.Select(row => Reference.Pin(row.Id))];
        if (_ownsBatch)
        {
            _batch.Dispose();
            _batch = new EngineBatch(references, _cache);
        }

        IReadOnlyList<object?> images = await BoundedParallel.SelectAsync<ImageReference, object?>(references, Workers, async (reference, token) =>
        {
            try
            {
                // An image that went away since it was listed is no longer one of the engine's.
                EngineImage? image = await _batch.DescribeAsync(_engine, reference, token).ConfigureAwait(false);
                return image is null ? null : await SourceAsync(image, Reference, token).ConfigureAwait(false);
            }
            catch (BaseImageException e) when (e is EngineAnswerInvalidException or EngineRequestFailedException)
            {
                // The engine is there and answers; what it says of this image alone is of no use.
                return new ImageFailure(reference, e);
            }
        }, cancellationToken).ConfigureAwait(false);
        Failures = [.. images.OfType<ImageFailure>()];
        return [.. images.OfType<SourceImage>()];
    }

    private async Task<SourceImage> SourceAsync(EngineImage image, ImageReference asked, CancellationToken cancellationToken)
    {
        IReadOnlyList<EngineHistory> steps = await _engine.Images.HistoryAsync(image.Id.ToString(), cancellationToken).ConfigureAwait(false);
        (string name, Digest repositoryDigest) = EngineNames.Of(image, asked);
        ImageReference pinned = ImageReference.Parse(EngineNames.Pin(name, repositoryDigest.IsEmpty ? image.Id : repositoryDigest));
        OciDescriptor descriptor = new(MediaTypes.DockerConfig, image.Id, 0);
        SourceImage told = new()
        {
            Name = name.Length > 0 ? name : image.Id.Hex[..12],
            Tags = image.Tags,
            Pinned = pinned,
            Root = descriptor,
            RepositoryDigest = repositoryDigest,
            Size = image.Size,
            IsPartial = _engine.Info.IsPodman,
            Manifests =
            [
                new SourceManifest
                {
                    Platform = image.Config.Platform,
                    ConfigDescriptor = descriptor,
                    ConfigBytes = default,
                    Config = image.Config with { History = EngineNames.History(steps, image.Config.DiffIds.Count) },
                    Layers = Layers(image, steps),
                },
            ],
        };
        return told with { CompleteAsync = token => CompleteAsync(image, told, token) };
    }

    private async Task<SourceImage> CompleteAsync(EngineImage image, SourceImage told, CancellationToken cancellationToken)
    {
        EngineExport export = await _batch.ExportAsync(_engine, image, cancellationToken, IsKnown).ConfigureAwait(false);
        lock (_exports)
        {
            _exports.Add(export);
        }

        SourceImage whole = await export.ReadAsync(_engine, image, cancellationToken).ConfigureAwait(false);
        return whole with { Name = told.Name, Tags = told.Tags, Pinned = told.Pinned, RepositoryDigest = told.RepositoryDigest, Size = told.Size };
    }

    // Sizes are in the history alone, which does not say which step made which layer.
    private List<SourceLayer> Layers(EngineImage image, IReadOnlyList<EngineHistory> steps)
    {
        long[] sizes = [.. steps.Select(step => step.Size)];
        sizes = sizes.Length == image.Config.DiffIds.Count ? sizes : [.. sizes.Where(size => size > 0)];
        return [.. image.Config.DiffIds.Select((diffId, i) =>
        {
            async ValueTask<Stream> OpenAsync(Func<SourceLayer, CancellationToken, ValueTask<Stream>> open, CancellationToken token)
            {
                EngineExport export = await _batch.ExportAsync(_engine, image, token, IsKnown).ConfigureAwait(false);
                lock (_exports)
                {
                    _exports.Add(export);
                }

                return await open((await export.ReadAsync(_engine, image, token).ConfigureAwait(false)).Manifests[0].Layers[i], token).ConfigureAwait(false);
            }

            OciDescriptor descriptor = new(MediaTypes.DockerLayer, default, sizes.Length == image.Config.DiffIds.Count ? sizes[i] : 0);
            return new SourceLayer(descriptor, diffId, token => OpenAsync((layer, t) => layer.OpenBlobAsync(t), token), token => OpenAsync((layer, t) => layer.OpenTarAsync(t), token));
        })];
    }

    private async Task<string> SuggestAsync(CancellationToken cancellationToken)
    {
        string[] names = [.. (await _engine.Images.ListAsync(cancellationToken).ConfigureAwait(false)).SelectMany(row => row.Tags).Order(StringComparer.Ordinal).Take(9)];
        return (names.Length == 0 ? "The engine has no image that has a name; load or pull one." : $"It has: {string.Join(", ", names.Take(8))}{(names.Length > 8 ? ", …" : "")}.")
            + " A file or folder is named with './' before it.";
    }
}
