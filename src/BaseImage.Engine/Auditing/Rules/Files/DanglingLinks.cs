namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2027: no link of a program or library leads nowhere.</summary>
internal sealed class DanglingLinks : ListingRule
{
    private static readonly string[] Running = ["/proc/", "/sys/", "/dev/", "/run/", "/var/run/"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2027",
        Title = "Links of programs and libraries lead somewhere",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "A program or library whose link leads nowhere fails when it is needed; whoever can make the target decides what it is. It comes from files "
            + "that were removed to be small, or copied without what they lead to. Links into /proc, /sys, /dev and /run are made for a running container; "
            + "other dangling links are one note.",
        Remediation = "Remove the link, or keep what it leads to.",
        References = ["symlink(7)", "MITRE ATT&CK T1574"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Links of programs and libraries lead somewhere.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("link of a program or library leads nowhere", "links of programs or libraries lead nowhere");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        List<string> others = [];
        foreach (ImageFile link in files.Where(static (_, file) => file.Kind == ImageFileKind.SymbolicLink))
        {
            string target = link.LinkTarget ?? "";
            string full = target.StartsWith('/') ? target : LinkText.Join(FileText.Folder(link.Path), target);
            if (files.Resolve(link.Path) is not null || Running.Any(place => (full + "/").StartsWith(place, StringComparison.Ordinal)) || full == "/")
            {
                continue;
            }

            if ((ProgramPaths.IsLookedFor(link.Path) && FileText.Folder(link.Path).Length > 0) || FileText.Name(link).Contains(".so", StringComparison.Ordinal))
            {
                yield return new RuleFinding(link.Path, $"leads to {target}, which is not there{Words.From(link)}");
            }
            else
            {
                others.Add(link.Path);
            }
        }

        if (others.Count > 0)
        {
            yield return new RuleFinding("", $"{Words.Number(others.Count, "other link leads", "other links lead")} nowhere: {string.Join(", ", others.Take(3))}{(others.Count > 3 ? " and more" : "")}.", Severity.Info, "links");
        }
    }
}
