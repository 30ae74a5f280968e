using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>
/// What lies beside the images of a layout: entries of its index whose manifests have a subject, and the tags that registries
/// without the referrers API use. Source: OCI Image Specification 1.1, manifest.md, "subject"; OCI Distribution Specification
/// 1.1, "Referrers Tag Schema".
/// </summary>
/// <param name="source">The layout, opened; disposed of with this.</param>
/// <param name="paths">Where the locks of folders are.</param>
internal sealed class LayoutArtifactStore(LayoutSource source, BaseImagePaths paths) : IArtifactStore, IOpenBlobs
{
    /// <inheritdoc/>
    public ImageReference Reference => source.Reference;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <inheritdoc/>
    public async Task<OciDescriptor> FindSubjectAsync(CancellationToken cancellationToken)
    {
        OciDescriptor root = await source.FindEntryAsync(cancellationToken).ConfigureAwait(false)
            ?? (await ImageReading.ReadOneAsync(source, cancellationToken).ConfigureAwait(false)).Root;
        return new OciDescriptor(root.MediaType, root.Digest, root.Size);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OciDescriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken)
    {
        OciIndex top = await source.ReadTopAsync(cancellationToken).ConfigureAwait(false);
        List<OciDescriptor> candidates = [.. top.Manifests.Where(entry => entry.Digest != subject)];
        if (Tagged(top, ReferrerTags.Of(subject)) is { } fallback && MediaTypes.IsIndex(fallback.MediaType))
        {
            candidates.AddRange(OciReader.Index(await ReadAsync(fallback, OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false), Describe(fallback)).Manifests);
        }

        if (source.Files is LayoutFolder folder && CosignLayout.IsOne(top))
        {
            candidates.AddRange(CosignLayout.Unlisted(folder));
        }

        SortedDictionary<string, OciDescriptor> found = new(StringComparer.Ordinal);
        foreach (OciDescriptor candidate in candidates.Where(ReferrerTags.MayRefer).DistinctBy(d => d.Digest))
        {
            if (await TryDescribeAsync(candidate, subject, cancellationToken).ConfigureAwait(false) is { } referrer)
            {
                found.TryAdd(referrer.Digest.ToString(), referrer);
            }
        }

        return [.. found.Values];
    }

    /// <inheritdoc/>
    public async Task<OciDescriptor?> FindTagAsync(string tag, CancellationToken cancellationToken)
        => await source.ReadTopAsync(cancellationToken).ConfigureAwait(false) is var top && Tagged(top, tag) is { } tagged ? tagged : CosignLayout.Find(top, tag);

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(OciDescriptor descriptor, int limit, CancellationToken cancellationToken)
        => source.Files.ReadBlobAsync(descriptor, source.Files.Describe("index.json"), limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Stream> OpenBlobAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
        => source.Files.OpenBlobAsync(descriptor, source.Files.Describe("index.json"), cancellationToken);

    /// <inheritdoc/>
    public async Task<OciDescriptor> WriteAsync(BuiltArtifact artifact, CancellationToken cancellationToken)
    {
        (string folder, string lockPath) = Reference.Transport switch
        {
            ImageTransport.Store => (paths.StoreRoot, Path.Combine(paths.StoreRoot, StoreNames.LockFile)),
            _ when source.Files is LayoutFolder => (Reference.Path, FolderLock.PathFor(Reference.Path, paths)),
            _ => throw new ImageTransportNotSupportedException(Reference.ToString(), "an archive is written whole, so nothing can be added to it", "Add it to the layout or the registry that the archive was made from, and copy that with Copy-BaseImage."),
        };
        string name = artifact.Tag.Length > 0 && Reference.Transport is ImageTransport.Store ? StoreNames.RefName(await RepositoryAsync(cancellationToken).ConfigureAwait(false), artifact.Tag) : artifact.Tag;
        await LayoutWriter.AddAsync(folder, LayoutAddition.Of(artifact, name), lockPath, cancellationToken).ConfigureAwait(false);
        return artifact.Manifest.Descriptor;
    }

    private async Task<string> RepositoryAsync(CancellationToken cancellationToken)
        => Reference.Name.Length > 0 ? Reference.Name : (await ImageReading.ReadOneAsync(source, cancellationToken).ConfigureAwait(false)).Name;

    // The store's names are repository:tag; tags of this kind name the digest that they are about, so any repository's will do.
    private OciDescriptor? Tagged(OciIndex top, string tag)
        => top.Manifests.FirstOrDefault(entry => entry.Annotations.GetValueOrDefault(LayoutSource.RefName, "") is var name
            && (Reference.Transport is not ImageTransport.Store ? name == tag
                : Reference.Name.Length > 0 ? name == StoreNames.RefName(Reference.Name, tag)
                : name.EndsWith(":" + tag, StringComparison.Ordinal)));

    // What cannot be read is passed over: it could be about any image, and a signature that is not there proves nothing anyway.
    private async Task<OciDescriptor?> TryDescribeAsync(OciDescriptor candidate, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            return ReferrerTags.Describe(candidate, await ReadAsync(candidate, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false), Describe(candidate), subject);
        }
        catch (BaseImageException)
        {
            return null;
        }
    }

    private string Describe(OciDescriptor descriptor) => source.Files.Describe(LayoutFileReading.BlobName(descriptor.Digest));
}
