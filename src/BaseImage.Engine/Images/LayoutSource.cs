using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Images of an OCI image layout, in a folder, an archive or the store. Source: OCI Image Specification 1.1, image-layout.md.</summary>
internal sealed class LayoutSource : IImageSource
{
    /// <summary>The annotation by which a layout's index names its images (annotations.md).</summary>
    internal const string RefName = "org.opencontainers.image.ref.name";

    private const string Title = "org.opencontainers.image.title";

    private readonly ILayoutFiles _files;
    private readonly string _place;
    private readonly ImageAssembly _assembly;

    /// <summary>Opens a layout.</summary>
    /// <param name="files">Its files; disposed of with this source.</param>
    /// <param name="reference">What was asked for.</param>
    internal LayoutSource(ILayoutFiles files, ImageReference reference)
    {
        (_files, Reference, _place) = (files, reference, files.Describe("index.json"));
        _assembly = new ImageAssembly(new Content(files), _place);
    }

    /// <inheritdoc/>
    public ImageReference Reference { get; }

    /// <summary>The layout's files.</summary>
    internal ILayoutFiles Files => _files;

    /// <inheritdoc/>
    public IReadOnlyList<ImageFailure> Failures { get; private set; } = [];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _files.DisposeAsync();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SourceImage>> ReadAsync(CancellationToken cancellationToken)
    {
        OciIndex index = await ReadTopAsync(cancellationToken).ConfigureAwait(false);
        IGrouping<Digest, OciDescriptor>[] groups = [.. index.Manifests
            .Where(d => (MediaTypes.IsIndex(d.MediaType) || MediaTypes.IsManifest(d.MediaType)) && !ImageAssembly.IsAttestation(d))
            .GroupBy(d => d.Digest)];
        bool everything = Reference.Tag.Length == 0 && Reference.Name.Length == 0 && Reference.Digest.IsEmpty;
        List<SourceImage> images = [];
        List<ImageFailure> failures = [];
        foreach (IGrouping<Digest, OciDescriptor> group in groups)
        {
            string[] tags = TagsOf(group);
            try
            {
                if (IsWanted(group.Key, tags) && await ReadImageAsync(group.First() with { Platform = null }, tags, cancellationToken).ConfigureAwait(false) is { } image)
                {
                    images.Add(image);
                }
            }
            catch (BaseImageException e) when (everything && groups.Length > 1)
            {
                failures.Add(new ImageFailure(PinOf(tags, group.Key), e));
            }
        }

        Failures = failures;
        if (everything && images.Count == 0 && failures.Count == 0 && index.Manifests.Count > 0)
        {
            throw new ImageDocumentInvalidException(_place, $"none of its {index.Manifests.Count} entries is an image");
        }

        return images.Count > 0 || everything ? images
            : await FindInsideAsync(groups.Select(g => g.First()), cancellationToken).ConfigureAwait(false) is { } inner ? [inner]
            : throw new ImageNotFoundException(Reference.ToString(), Reference.Transport is ImageTransport.Store ? "the store has no such image" : "the layout has no such image", Known(groups));
    }

    /// <summary>The layout's own index.</summary>
    internal async Task<OciIndex> ReadTopAsync(CancellationToken cancellationToken)
    {
        await CheckVersionAsync(cancellationToken).ConfigureAwait(false);
        byte[] bytes = await _files.TryReadAsync("index.json", OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new ImageStorageException(_place, "is missing", "Name a folder or archive that holds a whole OCI image layout.");
        return OciReader.Index(bytes, _place);
    }

    /// <summary>The one entry that the reference names, an image or whatever else it is; null where several could be meant, or none.</summary>
    internal async Task<OciDescriptor?> FindEntryAsync(CancellationToken cancellationToken)
    {
        IGrouping<Digest, OciDescriptor>[] wanted = [.. (await ReadTopAsync(cancellationToken).ConfigureAwait(false)).Manifests
            .Where(d => MediaTypes.IsIndex(d.MediaType) || MediaTypes.IsManifest(d.MediaType))
            .GroupBy(d => d.Digest)
            .Where(group => IsWanted(group.Key, TagsOf(group)))];
        return wanted.Length == 1 ? wanted[0].First() : null;
    }

    private async Task CheckVersionAsync(CancellationToken cancellationToken)
    {
        string document = _files.Describe("oci-layout");
        byte[] bytes = await _files.TryReadAsync("oci-layout", 1 << 16, cancellationToken).ConfigureAwait(false)
            ?? throw new ImageStorageException(document, "is missing, so this is no OCI image layout", "Name a folder or archive that holds an OCI image layout.");
        JsonFields root = new(Storage.StrictJson.ParseObject(bytes, document, OciLimits.Json), document);
        string version = root.RequiredText("imageLayoutVersion");
        if (!version.StartsWith("1.", StringComparison.Ordinal))
        {
            throw new ImageDocumentInvalidException(document, $"version '{version}' of the image layout is not read; only 1 is");
        }
    }

    private static string[] TagsOf(IEnumerable<OciDescriptor> group)
        => [.. group.Select(d => d.Annotations.GetValueOrDefault(RefName, "")).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal)];

    private bool IsWanted(Digest digest, string[] tags)
        => !Reference.Digest.IsEmpty ? digest == Reference.Digest
            : Reference.Transport is ImageTransport.Store ? StoreNames.Match(Reference, tags)
            : Reference.Tag.Length == 0 || tags.Contains(Reference.Tag, StringComparer.Ordinal);

    private string Known(IEnumerable<IEnumerable<OciDescriptor>> groups)
    {
        string[] names = [.. groups.SelectMany(g => g).Select(d => d.Annotations.GetValueOrDefault(RefName, "")).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Take(9)];
        return names.Length == 0 ? "Leave the name out; the images here have none."
            : $"It has: {string.Join(", ", names.Take(8))}{(names.Length > 8 ? ", …" : "")}.";
    }

    // A pinned reference may name one platform's manifest inside an index.
    private async Task<SourceImage?> FindInsideAsync(IEnumerable<OciDescriptor> roots, CancellationToken cancellationToken)
    {
        if (Reference.Digest.IsEmpty)
        {
            return null;
        }

        foreach (OciDescriptor root in roots.Where(d => MediaTypes.IsIndex(d.MediaType)))
        {
            (IReadOnlyList<OciDescriptor> found, _) = await _assembly.FlattenAsync(root, cancellationToken).ConfigureAwait(false);
            if (found.FirstOrDefault(d => d.Digest == Reference.Digest) is { } match)
            {
                return await ReadImageAsync(match, [], cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }

    private async Task<SourceImage?> ReadImageAsync(OciDescriptor root, string[] tags, CancellationToken cancellationToken)
    {
        (IReadOnlyList<SourceManifest> manifests, SortedDictionary<string, string> annotations) = await _assembly.ReadAsync(root, cancellationToken).ConfigureAwait(false);
        if (manifests.Count == 0)
        {
            // Signatures and SBOMs lie beside images; only who names one is told that it is none.
            return Reference.Digest.IsEmpty && Reference.Tag.Length == 0 ? null
                : throw new ImageIsArtifactException(_files.Describe(LayoutFileReading.BlobName(root.Digest)));
        }

        return new SourceImage
        {
            Name = NameOf(tags, annotations),
            Tags = tags,
            Pinned = PinOf(tags, root.Digest),
            Root = root,
            Manifests = manifests,
        };
    }

    private ImageReference PinOf(string[] tags, Digest digest)
        => Reference.Transport is ImageTransport.Store ? ImageReference.Store(StoreNames.Repository(Reference, tags), "", digest) : Reference.Pin(digest);

    private string NameOf(string[] tags, SortedDictionary<string, string> annotations)
    {
        if (Reference.Transport is ImageTransport.Store)
        {
            return StoreNames.Repository(Reference, tags);
        }

        string named = tags.FirstOrDefault(t => t.Contains(':', StringComparison.Ordinal)) is { } full ? full[..full.LastIndexOf(':')]
            : annotations.GetValueOrDefault(Title, "");
        return named.Length > 0 ? named : Path.GetFileName(Path.TrimEndingDirectorySeparator(Reference.Path));
    }

    private sealed class Content(ILayoutFiles files) : IImageContent
    {
        public string Describe(Digest digest) => files.Describe(LayoutFileReading.BlobName(digest));

        public Task<byte[]> ReadAsync(OciDescriptor descriptor, string wantedBy, int limit, CancellationToken cancellationToken)
            => files.ReadBlobAsync(descriptor, wantedBy, limit, cancellationToken);

        public ValueTask<Stream> OpenBlobAsync(OciDescriptor descriptor, string wantedBy, CancellationToken cancellationToken)
            => files.OpenBlobAsync(descriptor, wantedBy, cancellationToken);
    }
}
