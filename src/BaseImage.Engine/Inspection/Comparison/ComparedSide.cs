using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>One platform of one of the two images that are compared.</summary>
/// <param name="Image">The image.</param>
/// <param name="Manifest">Its manifest with documents and layers.</param>
internal sealed record ComparedSide(SourceImage Image, SourceManifest Manifest)
{
    /// <summary>The image, pinned.</summary>
    internal string Reference => Image.Pinned.ToString();

    /// <summary>The manifest's digest, or the ImageId.</summary>
    internal Digest Digest => Manifest.Descriptor?.Digest ?? (Image.RepositoryDigest.IsEmpty ? Manifest.ConfigDescriptor.Digest : Image.RepositoryDigest);

    /// <summary>The layers' diffIDs, lowest first.</summary>
    internal IReadOnlyList<Digest> DiffIds { get; } = [.. Manifest.Layers.Select(layer => layer.DiffId)];

    /// <summary>What errors call a layer.</summary>
    internal string LayerName(int layer) => $"{Reference} layer {DiffIds[layer]}";

    /// <summary>The same with documents that are the image's own, where an engine has only told of them so far.</summary>
    internal async Task<ComparedSide> CompleteAsync(CancellationToken cancellationToken)
        => Image.CompleteAsync is null ? this : new ComparedSide(Image, (await Image.CompleteAsync(cancellationToken).ConfigureAwait(false)).Manifests[0]);

    /// <summary>The merged file system: known layers from memory, others read once, every byte checked.</summary>
    /// <param name="shared">How many of the lowest layers the other image has too: they are remembered, so that both get them of one reading.</param>
    /// <param name="known">Layers that were read before.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.BaseImageException">A layer is missing, damaged or hostile.</exception>
    internal async Task<MergedFileSystem> ReadAsync(int shared, IKnownLayers known, CancellationToken cancellationToken)
    {
        MergedFileSystem files = new();
        KeptFiles kept = new(_ => false);
        for (int i = 0; i < Manifest.Layers.Count; i++)
        {
            (int layer, SourceLayer source, string name) = (i, Manifest.Layers[i], LayerName(i));
            ITarEntries? entries = i < shared ? await known.OpenAsync(source.DiffId, source.OpenTarAsync, name, cancellationToken).ConfigureAwait(false)
                : await known.TryOpenAsync(source.DiffId, name, cancellationToken).ConfigureAwait(false);
            if (entries is not null)
            {
                await Task.Run(() => files.Apply(entries, layer, cancellation: cancellationToken), cancellationToken).ConfigureAwait(false);
                continue;
            }

            Stream tar = new ReadAheadStream(await source.OpenTarAsync(cancellationToken).ConfigureAwait(false));
            await using (tar.ConfigureAwait(false))
            {
                await Task.Run(() => files.Apply(new TarReader(tar, name), layer, kept.IsWanted, cancellation: cancellationToken), cancellationToken).ConfigureAwait(false);

                // The merge may stop before the last byte; the digests are known only behind it.
                await Task.Run(() => tar.CopyTo(Stream.Null), cancellationToken).ConfigureAwait(false);
            }
        }

        return files;
    }
}
