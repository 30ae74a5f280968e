namespace BaseImage.Engine.Auditing.Rules.Trust;

/// <summary>BI2044: the certificates that programs look for are there.</summary>
internal sealed class TrustStore : ListingRule
{
    private static readonly string[] Places = ["/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem", "/usr/local/share/certs/ca-root-nss.crt", "/etc/ssl/certs"];
    private static readonly string[] Names = ["AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2044",
        Title = "Trusted authorities are there",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A program that finds no authorities fails at its first connection, or was told not to look. A variable that names a bundle which is not "
            + "there is a mistake of the image; that there is no bundle at all is a note, for not every program speaks TLS.",
        Remediation = "Add the package ca-certificates, or correct the variable (SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt).",
        References = ["OpenSSL, SSL_CERT_FILE", "NIST SP 800-52 3.5"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Trusted authorities are there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("bundle that is named is missing", "bundles that are named are missing");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        IReadOnlyDictionary<string, string> variables = Variables.Of(facts.Config);
        foreach (string name in Names)
        {
            if (variables.TryGetValue(name, out string? path) && path.StartsWith('/') && !path.Split(':').Any(part => files.Resolve(part) is not null || files.All.Any(file => FileText.IsBelow(file.Path, part.TrimEnd('/')))))
            {
                yield return new RuleFinding("", $"{name} names {path}, which is not there.", Key: "env:" + name);
            }
        }

        if (!Places.Any(place => files.Resolve(place) is not null) && !Names.Any(variables.ContainsKey))
        {
            yield return new RuleFinding("", "There is no bundle of trusted authorities.", Severity.Info, "bundle");
        }
    }
}
