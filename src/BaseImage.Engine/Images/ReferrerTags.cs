namespace BaseImage.Engine.Images;

/// <summary>What refers to a manifest. Source: OCI Distribution Specification 1.1, "Referrers Tag Schema" and "Listing Referrers".</summary>
internal static class ReferrerTags
{
    /// <summary>The tag of the index that lists what refers to a manifest, where a registry has no referrers API.</summary>
    internal static string Of(Digest subject) => $"{subject.Algorithm}-{subject.Hex}";

    /// <summary>True of a tag that names the digest it is about, and so no image: <c>sha256-HEX</c>, with cosign's endings or without.</summary>
    internal static bool IsReferrerTag(string tag)
    {
        int dash = tag.IndexOf('-', StringComparison.Ordinal), dot = tag.IndexOf('.', StringComparison.Ordinal);
        return dash > 0 && Digest.TryParse($"{tag[..dash]}:{(dot < 0 ? tag[(dash + 1)..] : dot > dash ? tag[(dash + 1)..dot] : "")}", out _);
    }

    /// <summary>A referrer as a list of referrers describes it; null where the manifest is about something else.</summary>
    /// <param name="found">The descriptor that led to it.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="subject">What was asked about.</param>
    internal static OciDescriptor? Describe(OciDescriptor found, OciManifest manifest, Digest subject)
        => manifest.Subject?.Digest != subject ? null : new OciDescriptor(found.MediaType, found.Digest, found.Size)
        {
            ArtifactType = manifest.ArtifactType.Length > 0 ? manifest.ArtifactType : manifest.Config.MediaType,
            Annotations = manifest.Annotations,
        };
}
