namespace BaseImage.Engine.Auditing.Rules.Leftover;

/// <summary>BI2036: no back-up copies are left.</summary>
internal sealed class EditorBackups : ListingRule
{
    private static readonly string[] Endings = [".orig", ".rej", ".bak", ".save", ".swp", ".swo", ".dpkg-old", ".dpkg-dist", ".dpkg-new", ".dpkg-tmp", ".dpkg-bak", ".ucf-old", ".ucf-dist", ".rpmsave", ".rpmnew", ".rpmorig", ".apk-new", ".pacnew", ".pacsave"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2036",
        Title = "No back-ups of editors and package managers",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Copies that editors, patch and package managers leave hold what was there before: an old password, a setting that was a mistake. Programs "
            + "that read every file of a folder read them too.",
        Remediation = "Remove them in the step that makes them, and write them into .dockerignore.",
        References = ["CWE-530", "NIST SP 800-190 4.1.2"],
        Equivalent = ["dockle:DKL-LI-0003"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No back-up copies are left.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("back-up copy is left", "back-up copies are left");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && file.Package.Length == 0 && !FileText.IsShippedFolder(file.Path) && IsBackup(FileText.Name(file))).Select(file => new RuleFinding(file.Path, $"is a back-up copy ({Words.Size(file.Size)})"));

    private static bool IsBackup(string name)
        => (name.Length > 1 && name[^1] == '~') || (name.Length > 2 && name[0] == '#' && name[^1] == '#') || Endings.Any(ending => name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal));
}
