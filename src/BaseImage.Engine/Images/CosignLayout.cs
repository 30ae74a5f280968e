namespace BaseImage.Engine.Images;

/// <summary>
/// Layouts that <c>cosign save</c> wrote: one image, known by the annotation <c>kind</c>, as are the manifests of its signatures and
/// attestations; manifests of bundles are among the blobs and in no index at all. What is found is only ever a candidate: its
/// own content says what it is about. Source: cosign 3.1, pkg/oci/layout; the layouts that it writes.
/// </summary>
internal static class CosignLayout
{
    private const string Kind = "kind", Prefix = "dev.cosignproject.cosign/";

    // Manifests of bundles have some 900 bytes, and a signed image a handful of them.
    private const int MaxManifestBytes = 1 << 16, MaxManifests = 1_000;

    /// <summary>True of an index that <c>cosign save</c> wrote.</summary>
    internal static bool IsOne(OciIndex top) => Image(top) is not null;

    /// <summary>What a registry would have under a tag as <c>sha256-HEX.sig</c>; null for other tags and other layouts.</summary>
    internal static OciDescriptor? Find(OciIndex top, string tag)
        => Image(top) is not { } image ? null
            : tag == ReferrerTags.Of(image.Digest) + ".sig" ? OfKind(top, "sigs")
            : tag == ReferrerTags.Of(image.Digest) + ".att" ? OfKind(top, "atts")
            : null;

    /// <summary>Blobs that may be manifests that no index lists.</summary>
    internal static IEnumerable<OciDescriptor> Unlisted(LayoutFolder folder)
        => folder.SmallBlobs(MaxManifestBytes, MaxManifests).Select(blob => new OciDescriptor(MediaTypes.OciManifest, blob.Digest, blob.Size));

    private static OciDescriptor? Image(OciIndex top) => OfKind(top, "image") ?? OfKind(top, "imageIndex");

    private static OciDescriptor? OfKind(OciIndex top, string kind)
    {
        OciDescriptor[] found = [.. top.Manifests.Where(entry => entry.Annotations.GetValueOrDefault(Kind, "") == Prefix + kind).Take(2)];
        return found.Length == 1 ? found[0] : null;
    }
}
