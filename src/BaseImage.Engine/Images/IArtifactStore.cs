namespace BaseImage.Engine.Images;

/// <summary>
/// A place that keeps documents about its images beside them: signatures, attestations, SBOMs. A registry keeps them as
/// referrers (OCI Distribution Specification 1.1, "Listing Referrers", with the tag fallback), a layout as entries of its
/// index whose manifests have a subject.
/// </summary>
/// <remarks>Every byte that is given was checked against the descriptor that led to it.</remarks>
internal interface IArtifactStore : IAsyncDisposable
{
    /// <summary>What was opened.</summary>
    ImageReference Reference { get; }

    /// <summary>The index or manifest that the reference leads to: what a signature of the image is of.</summary>
    /// <exception cref="Errors.ImageNotFoundException">There is none.</exception>
    Task<OciDescriptor> FindSubjectAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What refers to a manifest, each once, with its artifact type and annotations; in ordinal order of digests. What names
    /// another subject than it is listed under is left out, so that nobody can pass an image's signature for another's.
    /// </summary>
    Task<IReadOnlyList<OciDescriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken);

    /// <summary>What a tag of the same repository leads to, as cosign's <c>sha256-HEX.sig</c>; null for no such tag.</summary>
    Task<OciDescriptor?> FindTagAsync(string tag, CancellationToken cancellationToken);

    /// <summary>Reads a manifest, index or blob whole.</summary>
    /// <param name="descriptor">What led to it.</param>
    /// <param name="limit">The most bytes to read.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.ImageLimitExceededException">It is larger.</exception>
    Task<byte[]> ReadAsync(OciDescriptor descriptor, int limit, CancellationToken cancellationToken);

    /// <summary>Adds an artifact, its manifest last, so that a reader meets it whole or not at all. Adding it twice changes nothing.</summary>
    /// <returns>The manifest's descriptor.</returns>
    Task<OciDescriptor> WriteAsync(BuiltArtifact artifact, CancellationToken cancellationToken);
}

/// <summary>A document about an image, ready to be written.</summary>
/// <param name="Manifest">Its manifest, with subject and artifact type where it is a referrer.</param>
/// <param name="Blobs">Its config and layers.</param>
internal sealed record BuiltArtifact(BuiltDocument Manifest, IReadOnlyList<BuiltDocument> Blobs)
{
    /// <summary>The manifest that it is about.</summary>
    internal OciDescriptor? Subject { get; init; }

    /// <summary>What it is, for whoever lists referrers.</summary>
    internal string ArtifactType { get; init; } = "";

    /// <summary>Its manifest's annotations, for the same.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A tag to give it, as cosign's <c>sha256-HEX.sig</c>, whatever the tag led to before; empty for none.</summary>
    internal string Tag { get; init; } = "";
}
