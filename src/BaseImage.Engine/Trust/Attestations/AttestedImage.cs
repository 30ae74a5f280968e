using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Cosign;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>An image's manifests that attestations may be kept beside: itself, and each platform's where it has several.</summary>
/// <param name="Root">The index or manifest that the image's name leads to.</param>
/// <param name="Platforms">The platforms' manifests; none where the root is one itself.</param>
internal sealed record AttestedImage(OciDescriptor Root, IReadOnlyList<OciDescriptor> Platforms)
{
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

    /// <summary>The bundles beside a manifest, by what lists them: in ordinal order of digests.</summary>
    internal static async Task<IReadOnlyList<OciDescriptor>> BundlesAsync(IArtifactStore store, Digest subject, CancellationToken cancellationToken)
        => [.. (await store.ListReferrersAsync(subject, cancellationToken).ConfigureAwait(false)).Where(referrer => referrer.ArtifactType.StartsWith(CosignNames.BundlePrefix, StringComparison.Ordinal))];
}
