namespace BaseImage;

/// <summary>What came of verifying an image's attestations: one result an image and kind, also where there is none.</summary>
public sealed record AttestationResult
{
    /// <summary>The image as it was named.</summary>
    public required string Image { get; init; }

    /// <summary>Its name pinned by digest: what was verified and nothing else.</summary>
    public string Reference { get; init; } = "";

    /// <summary>The digest of the manifest or index that was verified.</summary>
    public Digest Digest { get; init; }

    /// <summary>The kind of statement that was asked for; empty for any.</summary>
    public string PredicateType { get; init; } = "";

    /// <summary>What came of it: of the attestation that came furthest; of an image whose platforms have their own, of the platform that came least far.</summary>
    public AttestationStatus Status { get; init; }

    /// <summary>True where an attestation of a trusted key states what was asked for, about this image.</summary>
    public bool IsTrusted => Status is AttestationStatus.Trusted;

    /// <summary>The trusted key that signed it: its file; empty where none did.</summary>
    public string Signer { get; init; } = "";

    /// <summary>Who built the image; proven where <see cref="IsTrusted"/> is true, empty where it says none.</summary>
    public string BuilderId { get; init; } = "";

    /// <summary>What is in the way, or what holds, in one sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>Every attestation that was looked at, in the order in which they were.</summary>
    public IReadOnlyList<AttestationVerdict> Attestations { get; init => field = TextList.Of(value); } = TextList.Of<AttestationVerdict>([]);

    /// <summary>Image and status.</summary>
    public override string ToString() => $"{Image}: {Status}";
}

/// <summary>What came of verifying one attestation.</summary>
/// <param name="Attestation">What it says of itself.</param>
/// <param name="Status">What came of it.</param>
/// <param name="Message">Why, in one sentence.</param>
/// <param name="Signer">The trusted key that signed it; empty where none did.</param>
public sealed record AttestationVerdict(ImageAttestation Attestation, AttestationStatus Status, string Message, string Signer)
{
    /// <summary>Kind and status.</summary>
    public override string ToString() => $"{Attestation.PredicateType} {Status}";
}

/// <summary>What came of verifying an attestation, in the order in which it is held: everything but <see cref="Trusted"/> says what is in the way.</summary>
public enum AttestationStatus
{
    /// <summary>There is no attestation of the kind that was asked for. Nothing was verified.</summary>
    NotAttested,

    /// <summary>Its document is larger than any that is read.</summary>
    TooLarge,

    /// <summary>Its document, envelope or statement is not what it has to be.</summary>
    Malformed,

    /// <summary>It is in a form that is recognised and not verified: made without a key of one's own.</summary>
    UnsupportedFormat,

    /// <summary>No key that is trusted has made it.</summary>
    UntrustedKey,

    /// <summary>It names a trusted key, and the signature does not hold: the statement or the signature was changed.</summary>
    SignatureInvalid,

    /// <summary>It is a good attestation of something else.</summary>
    SubjectMismatch,

    /// <summary>It states something else than its own list entry says, or its predicate is not what its kind has to be.</summary>
    PredicateInvalid,

    /// <summary>Another builder than those that may build has built the image.</summary>
    BuilderMismatch,

    /// <summary>It was built in another way than those that are allowed.</summary>
    BuildTypeMismatch,

    /// <summary>It was built from another source, or says of none.</summary>
    SourceMismatch,

    /// <summary>Something that went into the image is not pinned by a digest, or nothing is said of what went in.</summary>
    MaterialNotPinned,

    /// <summary>Every check held.</summary>
    Trusted,
}
