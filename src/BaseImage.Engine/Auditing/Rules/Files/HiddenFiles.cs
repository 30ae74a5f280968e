namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2026: there are no hidden files among programs, devices and in the root.</summary>
internal sealed class HiddenFiles : ListingRule
{
    private static readonly HashSet<string> Folders = new(["", "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/lib", "/lib64", "/usr", "/var", "/boot", "/usr/libexec"], StringComparer.Ordinal);
    private static readonly HashSet<string> Known = new([".placeholder", ".keep", ".gitkeep", ".dockerenv", ".containerenv", ".autorelabel", ".updated", ".pwd.lock", ".build-id", ".java", ".readahead", ".profile", ".bashrc", ".config", ".cache", ".local", ".npm", ".pki"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2026",
        Title = "Nothing hides where programs are",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A name that begins with a dot is not listed, and what hides among programs or devices does so for a reason: it is where rootkits and miners "
            + "are found. Programs are Medium, other files Low. Homes, settings and what packages are known to keep there are not looked at.",
        Remediation = "Give the file an ordinary name and place, or remove it.",
        References = ["MITRE ATT&CK T1564.001", "CIS Distribution Independent Linux Benchmark 6.2.10"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Nothing hides where programs are.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("hidden file is where programs are", "hidden files are where programs are");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        string above = "";
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => FileText.Name(file) is ['.', _, ..]))
        {
            string name = FileText.Name(file), folder = FileText.Folder(file.Path);
            bool isOdd = name.Length > 1 && name[0] == '.' && name.Trim('.', ' ').Length > 0 && !Known.Contains(name) && !name.EndsWith(".hmac", StringComparison.Ordinal)
                && (Folders.Contains(folder) || folder == "/dev" || FileText.IsBelow(folder, "/dev"));
            if (isOdd && !(above.Length > 0 && FileText.IsBelow(file.Path, above)))
            {
                above = file.Path;
                yield return new RuleFinding(file.Path, $"is hidden by its name ({file.Permissions}){Words.From(file)}", FileText.IsExecutable(file) ? null : Severity.Low);
            }
        }
    }
}
