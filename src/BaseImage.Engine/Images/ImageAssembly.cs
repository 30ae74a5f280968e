using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Gives an image's documents and blobs, wherever they lie.</summary>
internal interface IImageContent
{
    /// <summary>What to call a document or blob in errors.</summary>
    string Describe(Digest digest);

    /// <summary>Reads a document whole, checked against its descriptor.</summary>
    /// <param name="descriptor">What leads to it.</param>
    /// <param name="wantedBy">What names it, for errors.</param>
    /// <param name="limit">The most bytes to read.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<byte[]> ReadAsync(OciDescriptor descriptor, string wantedBy, int limit, CancellationToken cancellationToken);

    /// <summary>Opens a blob; reading to its end checks size and digest.</summary>
    ValueTask<Stream> OpenBlobAsync(OciDescriptor descriptor, string wantedBy, CancellationToken cancellationToken);
}

/// <summary>
/// Puts an image together from its documents: the manifests that an index leads to, each with its config, layers unread.
/// Source: OCI Image Specification 1.1, image-index.md, manifest.md.
/// </summary>
/// <param name="content">Where the documents are.</param>
/// <param name="place">What names the root, for errors.</param>
internal sealed class ImageAssembly(IImageContent content, string place)
{
    private const string AttestationMark = "vnd.docker.reference.type";

    /// <summary>True of what BuildKit puts into an index beside the images.</summary>
    internal static bool IsAttestation(OciDescriptor descriptor)
        => descriptor.Annotations.ContainsKey(AttestationMark) || descriptor.Platform is { Os: "unknown", Architecture: "unknown" };

    /// <summary>Reads the images that a manifest or index leads to, none where it is of something else, and what they and it are annotated with.</summary>
    internal async Task<(IReadOnlyList<SourceManifest> Manifests, SortedDictionary<string, string> Annotations)> ReadAsync(OciDescriptor root, CancellationToken cancellationToken)
    {
        IReadOnlyList<OciDescriptor> descriptors = [root];
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal);
        if (MediaTypes.IsIndex(root.MediaType))
        {
            (descriptors, OciIndex top) = await FlattenAsync(root, cancellationToken).ConfigureAwait(false);
            Merge(annotations, top.Annotations);
        }

        List<SourceManifest> manifests = [];
        foreach (OciDescriptor descriptor in descriptors)
        {
            if (await ReadManifestAsync(descriptor, cancellationToken).ConfigureAwait(false) is { } manifest)
            {
                manifests.Add(manifest);
                Merge(annotations, manifest.Annotations);
            }
        }

        return (manifests, annotations);
    }

    /// <summary>The manifests that an index leads to, through others inside it, and the index itself.</summary>
    internal async Task<(IReadOnlyList<OciDescriptor> Manifests, OciIndex Top)> FlattenAsync(OciDescriptor index, CancellationToken cancellationToken)
    {
        List<OciDescriptor> found = [];
        OciIndex top = await FlattenAsync(index, 2, [], found, cancellationToken).ConfigureAwait(false);
        return (found, top);
    }

    private static void Merge(SortedDictionary<string, string> target, IReadOnlyDictionary<string, string> source)
    {
        foreach ((string key, string value) in source)
        {
            target.TryAdd(key, value);
        }
    }

    private async Task<OciIndex> FlattenAsync(OciDescriptor descriptor, int depth, HashSet<Digest> seen, List<OciDescriptor> found, CancellationToken cancellationToken)
    {
        string document = content.Describe(descriptor.Digest);
        if (depth > OciLimits.MaxIndexDepth)
        {
            throw new ImageLimitExceededException(document, $"indexes lie more than {OciLimits.MaxIndexDepth} deep inside one another");
        }

        byte[] bytes = await content.ReadAsync(descriptor, place, OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false);
        OciIndex index = OciReader.Index(bytes, document);
        foreach (OciDescriptor child in index.Manifests.Where(d => !IsAttestation(d) && seen.Add(d.Digest)))
        {
            if (seen.Count > OciLimits.MaxDescriptors)
            {
                throw new ImageLimitExceededException(document, $"it leads to more than {OciLimits.MaxDescriptors} manifests");
            }

            if (MediaTypes.IsIndex(child.MediaType))
            {
                await FlattenAsync(child, depth + 1, seen, found, cancellationToken).ConfigureAwait(false);
            }
            else if (MediaTypes.IsManifest(child.MediaType))
            {
                found.Add(child);
            }
        }

        return index;
    }

    private async Task<SourceManifest?> ReadManifestAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
    {
        string document = content.Describe(descriptor.Digest);
        byte[] bytes = await content.ReadAsync(descriptor, place, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        OciManifest manifest = OciReader.Manifest(bytes, document);
        if (!IsImage(manifest))
        {
            return null;
        }

        byte[] configBytes = await content.ReadAsync(manifest.Config, document, OciLimits.MaxConfigBytes, cancellationToken).ConfigureAwait(false);
        string configName = content.Describe(manifest.Config.Digest);
        OciConfig config = OciReader.Config(configBytes, configName);
        if (config.DiffIds.Count != manifest.Layers.Count)
        {
            throw new ImageDocumentInvalidException(configName, $"it lists {config.DiffIds.Count} diff_ids where the manifest has {manifest.Layers.Count} layers");
        }

        return new SourceManifest
        {
            // An index is covered by the digest that led to it, the layout's own is not: there the config alone is believed.
            Platform = descriptor.Platform ?? config.Platform,
            Descriptor = descriptor,
            ManifestBytes = bytes,
            Annotations = manifest.Annotations,
            ConfigDescriptor = manifest.Config,
            ConfigBytes = configBytes,
            Config = config,
            Layers = [.. manifest.Layers.Select((layer, i) => Layer(layer, config.DiffIds[i], document))],
        };
    }

    private SourceLayer Layer(OciDescriptor descriptor, Digest diffId, string wantedBy)
    {
        string name = content.Describe(descriptor.Digest);
        return new SourceLayer(
            descriptor,
            diffId,
            token => content.OpenBlobAsync(descriptor, wantedBy, token),
            async token => LayerTar.Open(await content.OpenBlobAsync(descriptor, wantedBy, token).ConfigureAwait(false), name, descriptor.MediaType, diffId));
    }

    // cosign's signatures have an image's config, and layers that are none.
    private static bool IsImage(OciManifest manifest)
        => MediaTypes.IsImageConfig(manifest.Config.MediaType) && (manifest.Layers.Count == 0 || manifest.Layers.Any(layer => MediaTypes.IsLayer(layer.MediaType)));
}
