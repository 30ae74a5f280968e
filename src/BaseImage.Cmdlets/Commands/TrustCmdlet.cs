using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that verify what is said about images: what to trust.</summary>
public abstract class TrustCmdlet : VerifyingCmdlet
{
    /// <summary>
    /// The repository that statements of the trust policy are chosen by, as registry.example/team/web. Without it the image's own;
    /// an image of a layout or an archive has none, and only statements for every image are for it.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Scope { get; set; }

    /// <summary>Files of public keys or certificates whose keys are trusted; wildcards. With them no trust policy is read, and every check is enforced.</summary>
    [Parameter(Position = 1)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] PublicKey { get; set; } = [];

    /// <summary>Files of certificates of authorities, or self-signed ones, that are trusted. With them no trust policy is read, and every check is enforced.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] TrustedCertificate { get; set; } = [];

    /// <summary>Files of certificates of timestamp authorities that are trusted, beside -TrustedCertificate. With them a timestamp is asked for.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] TimestampCertificate { get; set; } = [];

    /// <summary>Files of revocation lists (X.509 CRL). Nothing is ever fetched.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] RevocationList { get; set; } = [];

    /// <summary>What the parameters say to trust; null where one of them names nothing, which was then reported.</summary>
    private protected TrustRequest? Trust()
    {
        TrustRequest? trust = null;
        Try(null, () => trust = (TrustLocation.Of(Paths, TrustPolicyPath, TrustStorePath) ?? new TrustRequest()) with
        {
            Scope = Scope,
            PublicKeyPaths = Files(PublicKey),
            CertificatePaths = Files(TrustedCertificate),
            TimestampCertificatePaths = Files(TimestampCertificate),
            RevocationListPaths = Files(RevocationList),
        });
        return trust;
    }

    private IReadOnlyList<string> Files(string[] items) => [.. items.SelectMany(Paths.Existing).Distinct(StringComparer.Ordinal)];
}
