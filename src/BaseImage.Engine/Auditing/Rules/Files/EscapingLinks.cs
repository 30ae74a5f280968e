namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2028: no link climbs above the root or leads to the host.</summary>
internal sealed class EscapingLinks : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2028",
        Title = "No link leads out of the image",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "In a container the kernel stops a link at the root. Tools that unpack an image on a host, copy out of a container or mount it elsewhere "
            + "have followed links that climb above it, into the host's own files (CVE-2018-15664, CVE-2019-14271 and others). Links to /proc/PID/root, or "
            + "to places where hosts are mounted, reach out of a container that is given more than it should be.",
        Remediation = "Write the link relative within the image, or absolute from its root.",
        References = ["CVE-2018-15664", "CVE-2022-21658", "CWE-59"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No link leads out of the image.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("link leads out of the image", "links lead out of the image");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (ImageFile link in facts.Files!.Where(static (_, file) => file.Kind == ImageFileKind.SymbolicLink))
        {
            string target = link.LinkTarget ?? "";
            if (!target.StartsWith('/') && LinkText.Climbs(FileText.Folder(link.Path), target))
            {
                yield return new RuleFinding(link.Path, $"climbs above the root: {target}");
            }
            else if (LinkText.IsHost(target))
            {
                yield return new RuleFinding(link.Path, $"leads to the host: {target}");
            }
        }
    }
}
