namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2017: sudo, doas and pkexec are not there, and give nothing away without a password.</summary>
internal sealed class Sudo : ListingRule
{
    private static readonly HashSet<string> Programs = new(["sudo", "sudoedit", "doas", "pkexec", "sudo-rs"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2017",
        Title = "Nobody becomes root by sudo",
        Severity = Severity.High,
        Category = "Accounts",
        Rationale = "A rule with NOPASSWD, or doas with nopass, makes the image's user root for the asking: USER in the configuration then means nothing. The "
            + "programs alone are Medium: they run as root for whoever starts them, and have had their mistakes (CVE-2021-3156, CVE-2021-4034).",
        Remediation = "Leave the package out; run what needs root in the build, and the service as its user.",
        References = ["NIST SP 800-190 4.1.2", "CVE-2021-3156", "CVE-2021-4034"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Nobody becomes root by sudo.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("way to become root is there", "ways to become root are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        foreach (ImageFile file in files.Where(static (_, file) => FileText.IsRegular(file) && (Programs.Contains(FileText.Name(file)) || FileText.Name(file) == "doas.conf" || file.Path.StartsWith("/etc/sudoers", StringComparison.Ordinal))))
        {
            string name = FileText.Name(file);
            if (Programs.Contains(name) && FileText.IsExecutable(file) && ProgramPaths.IsLookedFor(file.Path))
            {
                yield return new RuleFinding(file.Path, $"makes whoever may use it root{Words.From(file)}", Severity.Medium);
            }
            else if (FileText.IsRegular(file) && (file.Path == "/etc/sudoers" || FileText.IsBelow(file.Path, "/etc/sudoers.d") || name == "doas.conf"))
            {
                foreach ((int number, _) in FileText.Lines(files, file.Path).Where(line => name == "doas.conf" ? line.Text.StartsWith("permit", StringComparison.Ordinal) && line.Text.Contains("nopass", StringComparison.Ordinal) : line.Text.Contains("NOPASSWD", StringComparison.Ordinal)).Take(1))
                {
                    yield return new RuleFinding(file.Path, "lets somebody become root without a password") { Line = number };
                }
            }
        }
    }
}
