namespace BaseImage;

/// <summary>An image that was brought to a registry, a layout or an archive.</summary>
public sealed record PublishedImage
{
    /// <summary>Where it is now, pinned by digest, in skopeo's notation.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest of its manifest, or of its index when it has several platforms.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Where it came from, pinned by digest.</summary>
    public required string Source { get; init; }

    /// <summary>The tags that lead to it now, of those that were asked for.</summary>
    public IReadOnlyList<string> Tags { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Its platforms.</summary>
    public IReadOnlyList<Platform> Platforms { get; init => field = TextList.Of<Platform>(value); } = TextList.Of<Platform>([]);

    /// <summary>What refers to it and was copied along: signatures, attestations, SBOMs, by their digests.</summary>
    public IReadOnlyList<Digest> Referrers { get; init => field = TextList.Of<Digest>(value); } = TextList.Of<Digest>([]);

    /// <summary>The signatures that were made for it.</summary>
    public IReadOnlyList<ImageSignature> Signatures { get; init => field = TextList.Of(value); } = TextList.Of<ImageSignature>([]);

    /// <summary>The statements that were made about it: how it was built, what is inside.</summary>
    public IReadOnlyList<ImageAttestation> Attestations { get; init => field = TextList.Of(value); } = TextList.Of<ImageAttestation>([]);

    /// <summary>Blobs that were moved.</summary>
    public int BlobsCopied { get; init; }

    /// <summary>Blobs that were there already, or that the registry took from another of its repositories.</summary>
    public int BlobsPresent { get; init; }

    /// <summary>Bytes of the blobs that were moved.</summary>
    public long BytesCopied { get; init; }

    /// <summary><see cref="Reference"/>.</summary>
    public override string ToString() => Reference;
}
