namespace BaseImage.Ports;

/// <summary>Signs images.</summary>
public interface ISignImage
{
    /// <summary>Signs an image's manifest or index, and keeps the signature beside it.</summary>
    /// <exception cref="Errors.BaseImageException">The key cannot sign, its certificates do not fit the format, or the place cannot be written.</exception>
    Task<ImageSignature> SignAsync(SigningRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What to sign, and with what.</summary>
public sealed record SigningRequest
{
    /// <summary>The image, in skopeo's notation.</summary>
    public required string Image { get; init; }

    /// <summary>The key.</summary>
    public required SigningKeySource Key { get; init; }

    /// <summary>The form.</summary>
    public SignatureFormat Format { get; init; }

    /// <summary>When the signature is no longer to be used; null for never.</summary>
    public DateTimeOffset? Expiry { get; init; }

    /// <summary>What the signer says besides.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The image's name as cosign's simple signing writes it, <c>HOST/NAME</c>; empty for the image's own.</summary>
    public string Identity { get; init; } = "";

    /// <summary>True for the scheme <c>notary.x509.signingAuthority</c>, whose signing time is vouched for by the signer.</summary>
    public bool IsSigningAuthority { get; init; }

    /// <summary>The timestamp authority (RFC 3161) that vouches for when the signature was made; null for none.</summary>
    public Uri? TimestampUrl { get; init; }

    /// <summary>The full paths of files with certificates of timestamp authorities that are trusted; needed with <see cref="TimestampUrl"/>.</summary>
    public IReadOnlyList<string> TimestampCertificatePaths { get; init; } = [];
}

/// <summary>Lists signatures.</summary>
public interface IReadSignatures
{
    /// <summary>What lies beside an image, unverified; one that cannot be read says so in <see cref="ImageSignature.Problem"/>.</summary>
    IAsyncEnumerable<ImageSignature> ReadAsync(string image, CancellationToken cancellationToken);
}

/// <summary>Verifies signatures.</summary>
public interface ITestSignature
{
    /// <summary>Verifies an image's signatures.</summary>
    /// <returns>A result, also where there is no signature.</returns>
    /// <exception cref="Errors.BaseImageException">The image, the trust policy, a key or a revocation list cannot be read.</exception>
    Task<SignatureResult> TestAsync(string image, TrustRequest trust, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>
/// What to trust. Without keys and certificates the trust policy says so: Notation's own, or the one that is named. With them
/// they alone do, every check is enforced, and no policy is read.
/// </summary>
public sealed record TrustRequest
{
    /// <summary>The full path of a trust policy; null for Notation's own, <c>trustpolicy.oci.json</c> or <c>trustpolicy.json</c>.</summary>
    public string? PolicyPath { get; init; }

    /// <summary>The full path of a trust store, the folder that has <c>x509</c> in it; null for the one beside the policy.</summary>
    public string? StorePath { get; init; }

    /// <summary>The repository that statements of the policy are chosen by; null for the image's own. A layout or archive has none.</summary>
    public string? Scope { get; init; }

    /// <summary>The full paths of files with public keys or certificates whose keys are trusted.</summary>
    public IReadOnlyList<string> PublicKeyPaths { get; init; } = [];

    /// <summary>The full paths of files with certificates of authorities (or self-signed ones) that are trusted.</summary>
    public IReadOnlyList<string> CertificatePaths { get; init; } = [];

    /// <summary>The full paths of files with certificates of timestamp authorities that are trusted, beside <see cref="CertificatePaths"/>.</summary>
    public IReadOnlyList<string> TimestampCertificatePaths { get; init; } = [];

    /// <summary>The full paths of files with revocation lists, PEM or DER.</summary>
    public IReadOnlyList<string> RevocationListPaths { get; init; } = [];
}
