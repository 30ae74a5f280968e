namespace BaseImage.Engine.Auditing.Rules.Trust;

/// <summary>BI2049: the loader's settings load nothing into every program, and name safe folders.</summary>
internal sealed class LoaderSettings : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2049",
        Title = "The loader takes libraries from safe places",
        Severity = Severity.High,
        Category = "Files",
        Rationale = "/etc/ld.so.preload loads a library into every program, set-id ones too: it is how rootkits of user space stay (High). A folder in "
            + "/etc/ld.so.conf.d that is relative, or that the image's user or everybody may write, takes any library that is left there (Medium).",
        Remediation = "Remove /etc/ld.so.preload; write absolute folders of root's alone into ld.so.conf.d.",
        References = ["ld.so(8), /etc/ld.so.preload", "MITRE ATT&CK T1574.006"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The loader takes libraries from safe places.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("setting of the loader is unsafe", "settings of the loader are unsafe");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        foreach ((int number, string text) in FileText.Lines(files, "/etc/ld.so.preload"))
        {
            yield return new RuleFinding("/etc/ld.so.preload", $"loads {text} into every program", Key: text) { Line = number };
        }

        RunUser user = RunUser.Of(facts);
        foreach (ImageFile file in files.Where(static (_, file) => FileText.IsRegular(file) && (file.Path == "/etc/ld.so.conf" || FileText.IsBelow(file.Path, "/etc/ld.so.conf.d"))))
        {
            foreach ((int number, string text) in FileText.Lines(files, file.Path).Where(line => !line.Text.StartsWith("include", StringComparison.Ordinal) && !line.Text.StartsWith("hwcap", StringComparison.Ordinal)))
            {
                string? problem = !text.StartsWith('/') ? $"names the relative folder '{text}'"
                    : files.Resolve(text) is { Kind: ImageFileKind.Directory } folder && ((folder.Mode & 2) != 0 || user.MayWrite(folder)) ? $"names {text}, which others than root may write to"
                    : null;
                if (problem is not null)
                {
                    yield return new RuleFinding(file.Path, problem, Severity.Medium, text) { Line = number };
                }
            }
        }
    }
}
