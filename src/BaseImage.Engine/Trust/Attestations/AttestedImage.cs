using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>An image's manifests that attestations may be kept beside: itself, and each platform's where it has several.</summary>
/// <param name="Root">The index or manifest that the image's name leads to.</param>
/// <param name="Platforms">The platforms' manifests; none where the root is one itself.</param>
internal sealed record AttestedImage(OciDescriptor Root, IReadOnlyList<OciDescriptor> Platforms)
{
    private const int MaxTagged = 100;

    /// <summary>Finds them.</summary>
    internal static async Task<AttestedImage> FindAsync(IArtifactStore store, CancellationToken cancellationToken)
    {
        OciDescriptor root = await store.FindSubjectAsync(cancellationToken).ConfigureAwait(false);
        if (!MediaTypes.IsIndex(root.MediaType))
        {
            return new AttestedImage(root, []);
        }

        OciIndex index = OciReader.Index(await store.ReadAsync(root, OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false), $"{store.Reference} {root.Digest}");

        // Builders keep their own attestations as manifests of the platform unknown/unknown; they are no images.
        return new AttestedImage(root, [.. index.Manifests.Where(manifest => MediaTypes.IsManifest(manifest.MediaType) && manifest.Platform is { Os: not "unknown" }).DistinctBy(manifest => manifest.Digest)]);
    }

    /// <summary>The bundles beside a manifest, by what lists them, in ordinal order of digests; then the envelopes that cosign 2 keeps under a tag.</summary>
    internal static async Task<IReadOnlyList<OciDescriptor>> BundlesAsync(IArtifactStore store, Digest subject, CancellationToken cancellationToken)
        =>
        [
            .. (await store.ListReferrersAsync(subject, cancellationToken).ConfigureAwait(false)).Where(referrer => referrer.ArtifactType.StartsWith(CosignNames.BundlePrefix, StringComparison.Ordinal)),
            .. await TaggedAsync(store, subject, cancellationToken).ConfigureAwait(false),
        ];

    // What cannot be read is passed over: it could be anything, and an attestation that is not there proves nothing anyway.
    private static async Task<IEnumerable<OciDescriptor>> TaggedAsync(IArtifactStore store, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindTagAsync(CosignNames.AttestationTag(subject), cancellationToken).ConfigureAwait(false) is not { } tagged || !MediaTypes.IsManifest(tagged.MediaType) ? []
                : OciReader.Manifest(await store.ReadAsync(tagged, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false), $"manifest {tagged.Digest}").Layers
                    .Where(layer => layer.MediaType == CosignNames.Dsse).Take(MaxTagged).Select(Envelope);
        }
        catch (BaseImageException e) when (e is JsonInvalidException or ImageDocumentInvalidException or ImageLimitExceededException or ImageBlobMissingException or ImageBlobCorruptException)
        {
            return [];
        }
    }

    // A layer in the words of a referrer: its annotations are as little vouched for as those of a manifest.
    private static OciDescriptor Envelope(OciDescriptor layer)
    {
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal);
        foreach ((string from, string to) in new[] { (CosignNames.DssePredicate, CosignNames.BundlePredicate), (CosignNames.Certificate, CosignNames.Certificate), (CosignNames.Chain, CosignNames.Chain) })
        {
            if (layer.Annotations.TryGetValue(from, out string? value))
            {
                annotations[to] = value;
            }
        }

        return layer with { ArtifactType = CosignNames.Dsse, Annotations = annotations };
    }
}
