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

    /// <summary>True where an attestation whose signer the trust policy lets pass states what was asked for, about this image.</summary>
    public bool IsTrusted => Status is AttestationStatus.Trusted or AttestationStatus.Accepted;

    /// <summary>True where the image may be used: it is trusted, or the trust policy says not to verify it.</summary>
    public bool IsAllowed => IsTrusted || Status is AttestationStatus.Skipped;

    /// <summary>The name of the trust policy's statement that was applied; empty for none, and where parameters said what to trust.</summary>
    public string Policy { get; init; } = "";

    /// <summary>The level of verification: strict, permissive, audit or skip; empty for none.</summary>
    public string Level { get; init; } = "";

    /// <summary>Who signed it: the certificate's subject, or the key's fingerprint and file; empty where nobody that may did.</summary>
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
/// <param name="Signer">Who signed it; empty where nobody that may did.</param>
public sealed record AttestationVerdict(ImageAttestation Attestation, AttestationStatus Status, string Message, string Signer)
{
    /// <summary>The checks of its signature, in the order in which they were made; none after one that is enforced and failed.</summary>
    public IReadOnlyList<SignatureCheck> Checks { get; init => field = TextList.Of(value); } = TextList.Of<SignatureCheck>([]);

    /// <summary>Kind and status.</summary>
    public override string ToString() => $"{Attestation.PredicateType} {Status}";
}

/// <summary>What came of verifying an attestation, in the order in which it is held: all but the last two say what is in the way.</summary>
public enum AttestationStatus
{
    /// <summary>There is no attestation of the kind that was asked for. Nothing was verified.</summary>
    NotAttested,

    /// <summary>No statement of the trust policy is for this image. Nothing was verified.</summary>
    NoPolicy,

    /// <summary>The trust policy says not to verify this image. Nothing was verified.</summary>
    Skipped,

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

    /// <summary>A certificate is not one for signing: its key usage, purposes, constraints or key.</summary>
    CertificateUnfit,

    /// <summary>The certificates do not lead from the signer to a root.</summary>
    ChainBroken,

    /// <summary>The certificates lead to none that is trusted.</summary>
    UntrustedRoot,

    /// <summary>The signer is not among those that the trust policy names.</summary>
    UntrustedIdentity,

    /// <summary>A certificate is no longer valid.</summary>
    CertificateExpired,

    /// <summary>A certificate is not valid yet.</summary>
    CertificateNotYetValid,

    /// <summary>A certificate was revoked.</summary>
    Revoked,

    /// <summary>Whether a certificate was revoked cannot be said: there is no revocation list that is in force.</summary>
    RevocationUnknown,

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

    /// <summary>It states what was asked for, and the trust policy lets it pass although a check that it only logs has failed.</summary>
    Accepted,

    /// <summary>Every check held.</summary>
    Trusted,
}
