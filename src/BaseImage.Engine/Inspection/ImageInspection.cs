using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Inspection;

/// <summary>What to look at while the layers pass, beside what inspection itself reads.</summary>
internal sealed record InspectionOptions
{
    /// <summary>Further small files whose content is kept; at most 1 MiB each.</summary>
    internal Func<LayerEntry, bool> Keep { get; init; } = _ => false;

    /// <summary>
    /// Makes something that sees a file's content as it passes, in every layer, or null. A later layer may replace the
    /// file: it is part of the image only where <see cref="MergedFileSystem.Find"/> gives the same file in the end.
    /// </summary>
    internal Func<int, LayerEntry, IContentObserver?>? Observe { get; init; }
}

/// <summary>Images that were opened: documents read and checked, layers not yet. Dispose of it after what it gave.</summary>
internal sealed class ImageInspection : IAsyncDisposable
{
    private readonly IImageSource _source;

    private ImageInspection(IImageSource source, IReadOnlyList<PendingInspection> items) => (_source, Items) = (source, items);

    /// <summary>One item an image and platform, in the order of the place and of the index.</summary>
    internal IReadOnlyList<PendingInspection> Items { get; }

    /// <summary>The images that the place lists and that cannot be read.</summary>
    internal IReadOnlyList<ImageFailure> Failures => _source.Failures;

    /// <summary>Opens every image that a reference names; paths must be full already.</summary>
    /// <param name="reference">In skopeo's notation; empty for the store.</param>
    /// <param name="platform">The one platform wanted; null for each.</param>
    /// <param name="paths">Where the store is.</param>
    /// <param name="single">True where the reference has to mean one image.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="engine">The way to a container engine; null where none is to be had.</param>
    internal static async Task<ImageInspection> OpenAsync(string reference, Platform? platform, BaseImagePaths paths, bool single, CancellationToken cancellationToken, EngineImages? engine = null)
    {
        ImageReference parsed = reference.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(reference);
        IImageSource source = await ImageSources.OpenAsync(parsed, paths, engine, cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<SourceImage> images = single ? [await ImageReading.ReadOneAsync(source, cancellationToken).ConfigureAwait(false)]
                : await source.ReadAsync(cancellationToken).ConfigureAwait(false);
            return new ImageInspection(source, [.. images.SelectMany(image => image.Select(platform).Select(manifest => new PendingInspection(image, manifest)))]);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

/// <summary>An image and platform whose layers wait to be read.</summary>
internal sealed record PendingInspection(SourceImage Image, SourceManifest Manifest)
{
    /// <summary>The image, pinned.</summary>
    internal string Reference => Image.Pinned.ToString();

    /// <summary>The manifest's digest, or the ImageId where there is no manifest.</summary>
    internal Digest Digest => Manifest.Descriptor?.Digest ?? (Image.RepositoryDigest.IsEmpty ? Manifest.ConfigDescriptor.Digest : Image.RepositoryDigest);

    /// <summary>The manifest with documents that are the image's own, where an engine has only told of them so far.</summary>
    internal async Task<SourceManifest> CompleteAsync(CancellationToken cancellationToken)
        => Image.CompleteAsync is null ? Manifest : (await Image.CompleteAsync(cancellationToken).ConfigureAwait(false)).Manifests[0];

    /// <summary>Reads every layer once, checks it to its last byte, and says what the image holds.</summary>
    /// <exception cref="Errors.BaseImageException">A layer is missing, damaged or hostile.</exception>
    internal async Task<InspectedImage> ReadAsync(InspectionOptions options, CancellationToken cancellationToken)
    {
        SourceManifest manifest = await CompleteAsync(cancellationToken).ConfigureAwait(false);
        MergedFileSystem files = new();
        KeptFiles kept = new(options.Keep);
        for (int i = 0; i < manifest.Layers.Count; i++)
        {
            int layer = i;
            await using Stream tar = await manifest.Layers[i].OpenTarAsync(cancellationToken).ConfigureAwait(false);
            string name = $"{Reference} layer {manifest.Layers[i].DiffId}";
            await Task.Run(() => files.Apply(new TarReader(tar, name), layer, kept.IsWanted, options.Observe is { } observe ? entry => observe(layer, entry) : null, cancellationToken), cancellationToken).ConfigureAwait(false);

            // The merge may stop before the last byte; the digests are known only behind it.
            await tar.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        }

        return new InspectedImage(Reference, Image.Name, manifest, Digest, files);
    }
}
