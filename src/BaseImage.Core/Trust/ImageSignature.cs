namespace BaseImage;

/// <summary>
/// A signature as it says of itself. Nothing here is verified: Test-BaseImageSignature does that, and what a stranger wrote
/// reads the same as what a friend did.
/// </summary>
public sealed record ImageSignature
{
    /// <summary>The image, pinned by digest.</summary>
    public required string Image { get; init; }

    /// <summary>The manifest or index that it is kept beside.</summary>
    public Digest Subject { get; init; }

    /// <summary>Its form.</summary>
    public SignatureFormat Format { get; init; }

    /// <summary>The digest of the manifest that it is kept in.</summary>
    public Digest Digest { get; init; }

    /// <summary>The signer: the subject of the certificate, or the key's fingerprint; empty where it says neither.</summary>
    public string Signer { get; init; } = "";

    /// <summary>The algorithm, as <c>ECDSA P-256</c>; empty where only the key would tell.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The signing scheme of the Notary Project; empty for others.</summary>
    public string SigningScheme { get; init; } = "";

    /// <summary>When it was made, by its own word.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>When it is no longer to be used.</summary>
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>True where it has a timestamp of an authority.</summary>
    public bool HasTimestamp { get; init; }

    /// <summary>The program that made it, by its own word.</summary>
    public string SigningAgent { get; init; } = "";

    /// <summary>What the signer said besides, in ordinal order.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>The certificates, the signer's first.</summary>
    public IReadOnlyList<SignatureCertificate> Certificates { get; init => field = TextList.Of(value); } = TextList.Of<SignatureCertificate>([]);

    /// <summary>Why it cannot be read; empty where it can.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Format and signer.</summary>
    public override string ToString() => Signer.Length > 0 ? $"{Format}: {Signer}" : Format.ToString();
}

/// <summary>A certificate of a signature.</summary>
/// <param name="Subject">Whose it is.</param>
/// <param name="Issuer">Who vouches for it.</param>
/// <param name="Thumbprint">SHA-256 of its DER, in upper-case hexadecimal.</param>
/// <param name="NotBefore">When it begins to be valid.</param>
/// <param name="NotAfter">When it ends to be valid.</param>
public sealed record SignatureCertificate(string Subject, string Issuer, string Thumbprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>Whose it is.</summary>
    public override string ToString() => Subject;
}
