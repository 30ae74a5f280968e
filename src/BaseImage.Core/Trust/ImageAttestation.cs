namespace BaseImage;

/// <summary>
/// An attestation as it says of itself: a statement about an image, in an envelope. Nothing here is verified:
/// Test-BaseImageAttestation does that.
/// </summary>
public sealed record ImageAttestation
{
    /// <summary>The image, pinned by digest.</summary>
    public required string Image { get; init; }

    /// <summary>The platform whose manifest it is kept beside; null where it is kept beside the whole image.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The manifest or index that it is kept beside.</summary>
    public Digest Subject { get; init; }

    /// <summary>The digest of the manifest that it is kept in; of one under cosign 2's tag that of its envelope.</summary>
    public Digest Digest { get; init; }

    /// <summary>What it states, as a URI: <c>https://slsa.dev/provenance/v1</c>, <c>https://spdx.dev/Document</c>, <c>https://cyclonedx.org/bom</c>, …</summary>
    public string PredicateType { get; init; } = "";

    /// <summary>The fingerprint of the key that it names: a hint, which anybody can write.</summary>
    public string KeyHint { get; init; } = "";

    /// <summary>The certificates that go with it, the signer's first; none for a bare key.</summary>
    public IReadOnlyList<SignatureCertificate> Certificates { get; init => field = TextList.Of(value); } = TextList.Of<SignatureCertificate>([]);

    /// <summary>Who built the image, by a provenance's word; empty for others.</summary>
    public string BuilderId { get; init; } = "";

    /// <summary>How it was built, by a provenance's word: a URI; empty for others.</summary>
    public string BuildType { get; init; } = "";

    /// <summary>What went into the image, by a provenance's word.</summary>
    public IReadOnlyList<AttestedMaterial> Materials { get; init => field = TextList.Of(value); } = TextList.Of<AttestedMaterial>([]);

    /// <summary>What it states, as JSON; empty where it cannot be read.</summary>
    public string Predicate { get; init; } = "";

    /// <summary>Why it cannot be read; empty where it can.</summary>
    public string Problem { get; init; } = "";

    /// <summary>What it states and of what.</summary>
    public override string ToString() => $"{(PredicateType.Length > 0 ? PredicateType : "unreadable")} of {Subject}";
}

/// <summary>What went into an image. Source: SLSA provenance 1.0, "resolvedDependencies"; in-toto ResourceDescriptor.</summary>
/// <param name="Name">What it is called; empty for unnamed.</param>
/// <param name="Uri">Where it is from; empty for unknown.</param>
/// <param name="Digests">Its digests, <c>algorithm:hexadecimal</c>, in ordinal order; none where nothing pins it.</param>
public sealed record AttestedMaterial(string Name, string Uri, IReadOnlyList<string> Digests)
{
    /// <summary>True where a digest says which bytes are meant: SHA-256 or stronger, or a commit of git.</summary>
    public bool IsPinned => Digests.Any(digest => digest.Split(':')[0] is "sha256" or "sha384" or "sha512" or "gitCommit" or "dirHash");

    /// <summary>Name or address, with the first digest.</summary>
    public override string ToString() => $"{(Name.Length > 0 ? Name : Uri)}{(Digests.Count > 0 ? " " + Digests[0] : " (not pinned)")}";
}
