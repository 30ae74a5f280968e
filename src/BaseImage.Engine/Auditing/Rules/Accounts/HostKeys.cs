namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2019: there is no ssh server's key.</summary>
internal sealed class HostKeys : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2019",
        Title = "No ssh host keys",
        Severity = Severity.High,
        Category = "Secrets",
        Rationale = "A host key in an image is the same in every container and known to everybody who can pull it: whoever has it can stand in for each of them. "
            + "Debian's openssh-server makes the keys when it is installed, so every image that installs it has them.",
        Remediation = "Remove /etc/ssh/ssh_host_* in the step that installs the server, and make keys at the first start, if a server there must be.",
        References = ["NIST SP 800-190 4.1.4", "CWE-321"],
        Equivalent = ["dockle:CIS-DI-0010"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There are no ssh host keys.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("ssh host key is there", "ssh host keys are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && file.Size > 0 && IsHostKey(file.Path)).Select(file => new RuleFinding(file.Path, "is a host key that every container shares"));

    private static bool IsHostKey(string path)
        => (FileText.IsBelow(path, "/etc/ssh") && path.Contains("/ssh_host_", StringComparison.Ordinal) && path.EndsWith("_key", StringComparison.Ordinal))
            || (FileText.IsBelow(path, "/etc/dropbear") && path.EndsWith("_host_key", StringComparison.Ordinal));
}
