namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1022: the environment has no proxy.</summary>
internal sealed class Proxies : ListingRule
{
    private static readonly HashSet<string> Names = new(["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "RSYNC_PROXY", "NPM_CONFIG_PROXY", "NPM_CONFIG_HTTPS_PROXY"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1022",
        Title = "No proxy of the build is left behind",
        Severity = Severity.Low,
        Category = "Environment",
        Rationale = "A proxy in the environment is one of the network where the image was built: elsewhere every request goes astray, or to whoever has that "
            + "address, and names of internal machines are published with the image.",
        Remediation = "Give proxies to the build as build arguments (http_proxy is predefined and leaves no trace), and to containers by the platform.",
        References = ["Dockerfile reference, Predefined ARGs", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "There is no proxy in the environment.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("proxy is left in the environment", "proxies are left in the environment");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (name, value) => value.Length > 0 && Names.Contains(name)).Select(pair => new RuleFinding("", $"{pair.Key} leads to {Host(pair.Value)}.", Key: "env:" + pair.Key));

    // A proxy's address may hold a login.
    private static string Host(string value) => Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Host.Length > 0 ? address.Host : "a proxy";
}
