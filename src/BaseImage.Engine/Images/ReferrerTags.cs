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

    /// <summary>True of what may have a subject: a manifest or an index.</summary>
    internal static bool MayRefer(OciDescriptor descriptor) => MediaTypes.IsManifest(descriptor.MediaType) || MediaTypes.IsIndex(descriptor.MediaType);

    /// <summary>A referrer as a list of referrers describes it; null where it is about something else, or about nothing.</summary>
    /// <param name="found">The descriptor that led to it.</param>
    /// <param name="bytes">The manifest or index.</param>
    /// <param name="document">How errors call it.</param>
    /// <param name="subject">What was asked about.</param>
    internal static OciDescriptor? Describe(OciDescriptor found, byte[] bytes, string document, Digest subject)
        => Read(found, bytes, document) is { } referrer && referrer.Subject == subject ? referrer.Listed : null;

    /// <summary>A document that has a subject, as lists of referrers describe it; null for one that has none.</summary>
    internal static (OciDescriptor Listed, Digest Subject)? Read(OciDescriptor found, byte[] bytes, string document)
    {
        if (MediaTypes.IsIndex(found.MediaType))
        {
            OciIndex index = OciReader.Index(bytes, document);
            return Of(index.Subject, index.ArtifactType, index.Annotations);
        }

        // What says nothing else is of the type of its config: older clients have no other word for it.
        OciManifest manifest = OciReader.Manifest(bytes, document);
        return Of(manifest.Subject, manifest.ArtifactType.Length > 0 ? manifest.ArtifactType : manifest.Config.MediaType, manifest.Annotations);

        (OciDescriptor, Digest)? Of(OciDescriptor? subject, string type, IReadOnlyDictionary<string, string> annotations)
            => subject is null ? null : (new OciDescriptor(found.MediaType, found.Digest, found.Size) { ArtifactType = type, Annotations = annotations }, subject.Digest);
    }
}
