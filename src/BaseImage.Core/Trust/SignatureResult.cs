namespace BaseImage;

/// <summary>What came of verifying an image's signatures: one result an image, also where it has none.</summary>
public sealed record SignatureResult
{
    /// <summary>The image as it was named.</summary>
    public required string Image { get; init; }

    /// <summary>Its name pinned by digest: what was verified and nothing else.</summary>
    public string Reference { get; init; } = "";

    /// <summary>The digest of the manifest or index that was verified.</summary>
    public Digest Digest { get; init; }

    /// <summary>What came of it: of the signature that came furthest.</summary>
    public SignatureStatus Status { get; init; }

    /// <summary>True where a signature was verified and the trust policy lets it pass.</summary>
    public bool IsTrusted => Status is SignatureStatus.Trusted or SignatureStatus.Accepted;

    /// <summary>True where the image may be used: it is trusted, or the trust policy says not to verify it.</summary>
    public bool IsAllowed => IsTrusted || Status is SignatureStatus.Skipped;

    /// <summary>The form of the signature that came furthest; null for none.</summary>
    public SignatureFormat? Format { get; init; }

    /// <summary>Its signer; empty for none. Proven only where <see cref="IsTrusted"/> is true.</summary>
    public string Signer { get; init; } = "";

    /// <summary>The name of the trust policy's statement that was applied; empty for none, and where parameters said what to trust.</summary>
    public string Policy { get; init; } = "";

    /// <summary>The level of verification: strict, permissive, audit or skip; empty for none.</summary>
    public string Level { get; init; } = "";

    /// <summary>What is in the way, or what holds, in one sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>Every signature that was looked at, in the order in which they were.</summary>
    public IReadOnlyList<SignatureVerdict> Signatures { get; init => field = TextList.Of(value); } = TextList.Of<SignatureVerdict>([]);
}

/// <summary>What came of verifying one signature.</summary>
/// <param name="Signature">What it says of itself.</param>
/// <param name="Status">What came of it.</param>
/// <param name="Message">Why, in one sentence.</param>
public sealed record SignatureVerdict(ImageSignature Signature, SignatureStatus Status, string Message)
{
    /// <summary>The checks, in the order in which they were made; none after one that is enforced and failed.</summary>
    public IReadOnlyList<SignatureCheck> Checks { get; init => field = TextList.Of(value); } = TextList.Of<SignatureCheck>([]);

    /// <summary>Format and status.</summary>
    public override string ToString() => $"{Signature.Format} {Status}";
}

/// <summary>One check of a signature. Source: Notary Project trust store and trust policy specification, "Signature Verification details".</summary>
/// <param name="Name">Integrity, Authenticity, Expiry, AuthenticTimestamp or Revocation.</param>
/// <param name="Action">What the trust policy does with a failure: Enforce, Log or Skip.</param>
/// <param name="Passed">True where it held; null where it was skipped.</param>
/// <param name="Message">Why it did not; empty where it did.</param>
public sealed record SignatureCheck(string Name, string Action, bool? Passed, string Message)
{
    /// <summary>Name and outcome.</summary>
    public override string ToString() => $"{Name} {(Passed is null ? "Skip" : Passed.Value ? "Pass" : "Fail")}";
}
