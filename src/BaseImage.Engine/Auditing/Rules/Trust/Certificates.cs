using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using System.Text;

namespace BaseImage.Engine.Auditing.Rules.Trust;

/// <summary>BI2045: certificates of services are valid, and not made for tests.</summary>
internal sealed class Certificates : ListingRule
{
    private const int Most = 200;
    private static readonly string[] TestNames = ["CN=localhost", "snakeoil", "CN=test", "CN=example"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2045",
        Title = "Certificates are valid and not for tests",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "A certificate that has expired stops a service or teaches its users to click warnings away; one for localhost, or Debian's snake oil, was "
            + "made to try something out and has a key that others have too. Certificates of authorities are not looked at, and those of libraries' tests "
            + "neither.",
        Remediation = "Mount the certificate and its key at run time, where they can be renewed; remove this one.",
        References = ["NIST SP 800-57 Part 1, 5.3.6", "CWE-298"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    public override bool DependsOnDay => true;

    /// <inheritdoc/>
    protected override string Passed => "Certificates are valid.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("certificate is expired or for tests", "certificates are expired or for tests");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        IEnumerable<ImageFile> candidates = files.Where(static (_, file) => FileText.IsRegular(file)
            && (file.Path.EndsWith(".crt", StringComparison.Ordinal) || file.Path.EndsWith(".cer", StringComparison.Ordinal) || file.Path.EndsWith(".pem", StringComparison.Ordinal))
            && !FileText.IsForTests(file.Path) && !FileText.IsShippedFolder(file.Path));
        foreach (ImageFile file in candidates.Take(Most))
        {
            using X509Certificate2? certificate = Read(files.Read(file.Path));
            if (certificate is null || certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(basic => basic.CertificateAuthority))
            {
                continue;
            }

            DateTimeOffset end = new(certificate.NotAfter.ToUniversalTime());
            if (end < facts.Now)
            {
                yield return new RuleFinding(file.Path, $"is a certificate that expired on {Words.Time(end)}");
            }
            else if (TestNames.Any(name => certificate.Subject.Contains(name, StringComparison.OrdinalIgnoreCase)) || FileText.Name(file).Contains("snakeoil", StringComparison.Ordinal))
            {
                yield return new RuleFinding(file.Path, $"is a certificate for tests ({certificate.Subject})");
            }
        }
    }

    private static X509Certificate2? Read(ReadOnlyMemory<byte> content)
    {
        try
        {
            return content.Length < 64 ? null
                : content.Span.IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0 ? X509Certificate2.CreateFromPem(Encoding.Latin1.GetString(content.Span))
                : content.Span[0] == 0x30 ? new X509Certificate2(content.ToArray())
                : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
    }
}
