namespace BaseImage.Engine.Auditing.Rules.Trust;

/// <summary>BI2041: no tool's settings turn the verification of certificates off.</summary>
internal sealed class ToolSettings : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2041",
        Title = "Tools verify certificates",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "strict-ssl=false, trusted-host, sslVerify=false, insecure and their like were written for one download while building, and hold for "
            + "everything that the tool fetches from then on, in this image and in those built on it.",
        Remediation = "Add the missing authority to the trust store, and remove the line.",
        References = ["NIST SP 800-52 3.5", "CWE-295"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The settings of tools verify certificates.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("setting turns the verification of certificates off", "settings turn the verification of certificates off");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && Judge(file) is not null && !FileText.IsForTests(file.Path))
            .SelectMany(file => Judge(file) is { } isOff ? FileText.Lines(facts.Files, file.Path, "#;").Where(line => isOff(Plain(line.Text))).Take(1).Select(line => new RuleFinding(file.Path, $"says: {line.Text}") { Line = line.Number }) : []);

    private static Func<string, bool>? Judge(ImageFile file) => FileText.Name(file) switch
    {
        ".npmrc" or "npmrc" or ".yarnrc" => text => text is "STRICT-SSL=FALSE" or "STRICT-SSLFALSE",
        ".yarnrc.yml" => text => text is "ENABLESTRICTSSL:FALSE",
        "pip.conf" or ".pydistutils.cfg" => text => text.StartsWith("TRUSTED-HOST=", StringComparison.Ordinal),
        "uv.toml" => text => text.StartsWith("ALLOW-INSECURE-HOST=", StringComparison.Ordinal),
        ".gitconfig" or "gitconfig" => text => text is "SSLVERIFY=FALSE" or "SSLVERIFY=0" or "SSLVERIFY=NO" or "SSLVERIFY=OFF",
        ".curlrc" => text => text is "INSECURE" or "-K" or "--INSECURE",
        ".wgetrc" or "wgetrc" => text => text.Replace('_', '-') is "CHECK-CERTIFICATE=OFF" or "CHECK-CERTIFICATE=NO" or "CHECK-CERTIFICATE=0",
        ".condarc" => text => text is "SSL-VERIFY:FALSE" or "SSL_VERIFY:FALSE",
        ".gemrc" or "gemrc" => text => text is ":SSL_VERIFY_MODE:0",
        "registries.conf" => text => text is "INSECURE=TRUE",
        "daemon.json" when file.Path == "/etc/docker/daemon.json" => text => text.Contains("\"INSECURE-REGISTRIES\":[\"", StringComparison.Ordinal),
        _ => null,
    };

    private static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal).Trim('"').ToUpperInvariant();
}
