namespace BaseImage.Engine.Images;

/// <summary>What leads to a blob. Source: OCI Image Specification 1.1, descriptor.md.</summary>
/// <param name="MediaType">What the blob is.</param>
/// <param name="Digest">Of the blob's bytes.</param>
/// <param name="Size">The blob's bytes.</param>
internal sealed record OciDescriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>The platform that an index gives; null for none.</summary>
    internal Platform? Platform { get; init; }

    /// <summary>What an artifact is of; empty for images.</summary>
    internal string ArtifactType { get; init; } = "";

    /// <summary>Annotations, in ordinal order.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}
