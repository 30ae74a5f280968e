namespace BaseImage;

/// <summary>What came of verifying an image's signature. Everything but <see cref="Trusted"/> says what is in the way.</summary>
public enum SignatureStatus
{
    /// <summary>There is no signature. Nothing was verified.</summary>
    NotSigned,

    /// <summary>No statement of the trust policy is for this image.</summary>
    NoPolicy,

    /// <summary>The trust policy says not to verify this image. Nothing was verified.</summary>
    Skipped,

    /// <summary>The signature's document is not what its format says.</summary>
    Malformed,

    /// <summary>The signature's document is larger than any that is read.</summary>
    TooLarge,

    /// <summary>It is in a form that is recognised here and not verified: cosign without a key.</summary>
    UnsupportedFormat,

    /// <summary>It has an attribute that has to be understood and is not, as a verification plugin.</summary>
    UnsupportedAttribute,

    /// <summary>Its algorithm is not that of the key, or not one that is used.</summary>
    AlgorithmMismatch,

    /// <summary>The signature does not hold: the document or the signature was changed, or another key made it.</summary>
    SignatureInvalid,

    /// <summary>It is a good signature of something else.</summary>
    SubjectMismatch,

    /// <summary>A certificate is not one for signing: its key usage, purposes, constraints or key.</summary>
    CertificateUnfit,

    /// <summary>The certificates do not lead from the signer to a root.</summary>
    ChainBroken,

    /// <summary>No key that is trusted has made it.</summary>
    UntrustedKey,

    /// <summary>The certificates lead to none that is trusted.</summary>
    UntrustedRoot,

    /// <summary>The signer is not among those that the trust policy names.</summary>
    UntrustedIdentity,

    /// <summary>The signature says itself that it is no longer to be used.</summary>
    SignatureExpired,

    /// <summary>A certificate was no longer valid.</summary>
    CertificateExpired,

    /// <summary>A certificate was not valid yet.</summary>
    CertificateNotYetValid,

    /// <summary>The trust policy asks for a timestamp, and there is none.</summary>
    TimestampMissing,

    /// <summary>The timestamp does not hold, or is of another signature.</summary>
    TimestampInvalid,

    /// <summary>The timestamp is by an authority that is not trusted.</summary>
    TimestampUntrusted,

    /// <summary>A certificate was revoked.</summary>
    Revoked,

    /// <summary>Whether a certificate was revoked cannot be said: there is no revocation list that is in force.</summary>
    RevocationUnknown,

    /// <summary>The trust policy lets it pass although a check that it only logs has failed.</summary>
    Accepted,

    /// <summary>Every check held.</summary>
    Trusted,
}
