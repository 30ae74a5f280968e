namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1020: no folder of PATH is writable for the image's user or for all.</summary>
internal sealed class WritablePath : ListingRule
{
    private const int OtherWrite = 2, Sticky = 0x200;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1020",
        Title = "PATH leads to folders of root's alone",
        Severity = Severity.Medium,
        Category = "Environment",
        Rationale = "Whoever may write to a folder of PATH puts a program there that others start by its name. That everybody may is Medium; that the image's "
            + "own user may, as with tools installed into its home, lets a hijacked process stay and is Low, and so is a missing folder in a place where "
            + "the user may make it.",
        Remediation = "Give the folders of PATH to root (chown root, chmod 755), and install tools where the image's user may not write.",
        References = ["CIS Distribution Independent Linux Benchmark 6.2.6", "MITRE ATT&CK T1574.007"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The image's user may write to no folder of PATH.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("folder of PATH is writable", "folders of PATH are writable");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        RunUser user = RunUser.Of(facts);
        string list = Variables.Of(facts.Config).GetValueOrDefault("PATH") ?? Variables.DefaultPath;
        foreach (string element in list.Split(':').Where(element => element.StartsWith('/') && element.Length > 1).Distinct(StringComparer.Ordinal))
        {
            ImageFile? folder = facts.Files!.Resolve(element);
            if (folder is { Kind: ImageFileKind.Directory } && (folder.Mode & OtherWrite) != 0 && (folder.Mode & Sticky) == 0)
            {
                yield return new RuleFinding(folder.Path, "is in PATH, and everybody may write to it", Key: "path");
            }
            else if (folder is { Kind: ImageFileKind.Directory } && user.MayWrite(folder))
            {
                yield return new RuleFinding(folder.Path, $"is in PATH, and {user.Words} may write to it", Severity.Low, "path");
            }
            else if (folder is null && Parent(facts.Files, element) is { } parent && user.MayWrite(parent))
            {
                yield return new RuleFinding(element, $"is in PATH and missing, and {user.Words} may make it in {parent.Path}", Severity.Low, "path");
            }
        }
    }

    private static ImageFile? Parent(FileFacts files, string path)
    {
        for (int slash = path.TrimEnd('/').LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (files.Resolve(path[..slash]) is { } parent)
            {
                return parent.Kind == ImageFileKind.Directory ? parent : null;
            }
        }

        return null;
    }
}
