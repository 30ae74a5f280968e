namespace BaseImage.Engine.Auditing.Rules.State;

/// <summary>BI2031: there is no machine-id.</summary>
internal sealed class MachineId : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2031",
        Title = "No machine's identity",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "A machine-id in an image is the same in every container: what tells machines apart by it (journals, licences, DHCP, D-Bus) takes them all "
            + "for one, and it makes every build another image. An empty file, or the word uninitialized, asks for one at the first start.",
        Remediation = "Empty the file at the end of the build: : > /etc/machine-id, and remove /var/lib/dbus/machine-id.",
        References = ["machine-id(5)", "reproducible-builds.org, System images"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is no machine's identity.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("machine's identity is there", "machines' identities are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => new[] { "/etc/machine-id", "/var/lib/dbus/machine-id" }.Where(path => facts.Files!.Find(path) is { Kind: ImageFileKind.File or ImageFileKind.HardLink })
            .Where(path => FileText.Lines(facts.Files!, path).Any(line => line.Text.Length == 32 && line.Text.All(char.IsAsciiHexDigit)))
            .Select(path => new RuleFinding(path, "identifies a machine, the same in every container"));
}
