namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2030: resolv.conf and hosts have nothing of the network where the image was built.</summary>
internal sealed class BakedNetwork : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2030",
        Title = "No addresses of the build's network",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "Engines put their own resolv.conf and hosts into every container; what the image has is the build machine's. It tells names and addresses "
            + "of an internal network to everybody, and is used as it is where an engine does not replace it (chroot, some sandboxes).",
        Remediation = "Empty /etc/resolv.conf, and leave localhost alone in /etc/hosts.",
        References = ["NIST SP 800-190 4.1.2", "resolv.conf(5)", "hosts(5)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There are no addresses of the build's network.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("address of the build's network is there", "addresses of the build's network are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        foreach ((int number, string text) in FileText.Lines(files, "/etc/resolv.conf", "#;"))
        {
            if (text.StartsWith("nameserver", StringComparison.Ordinal) || text.StartsWith("search ", StringComparison.Ordinal) || text.StartsWith("domain ", StringComparison.Ordinal))
            {
                yield return new RuleFinding("/etc/resolv.conf", $"says: {text}", Key: "resolv") { Line = number };
                break;
            }
        }

        foreach ((int number, string text) in FileText.Lines(files, "/etc/hosts"))
        {
            string address = text.Split((char[])[' ', '\t'])[0];
            if (!address.StartsWith("127.", StringComparison.Ordinal) && !address.StartsWith("::", StringComparison.Ordinal) && !address.StartsWith("fe0", StringComparison.OrdinalIgnoreCase) && !address.StartsWith("ff0", StringComparison.OrdinalIgnoreCase))
            {
                yield return new RuleFinding("/etc/hosts", $"says: {text}", Key: "hosts:" + address) { Line = number };
            }
        }
    }
}
