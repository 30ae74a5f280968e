namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1018: LD_LIBRARY_PATH has no relative, empty or writable element.</summary>
internal sealed class LibraryPath : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1018",
        Title = "Libraries are not found by chance",
        Severity = Severity.Medium,
        Category = "Environment",
        Rationale = "The loader looks in the folders of LD_LIBRARY_PATH before all others, for every program. An empty element (a colon at an end, or two) or a "
            + "relative one means the folder that the program happens to stand in, and a folder that the image's user may write takes any library that a "
            + "hijacked process leaves there. A path of root's own absolute folders is a note.",
        Remediation = "Put the folders into /etc/ld.so.conf.d and run ldconfig, or set RUNPATH when linking; unset the variable.",
        References = ["ld.so(8), LD_LIBRARY_PATH", "MITRE ATT&CK T1574.006"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "LD_LIBRARY_PATH leads nowhere unsafe.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("folder of LD_LIBRARY_PATH is unsafe", "folders of LD_LIBRARY_PATH are unsafe");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        string list = Variables.Of(facts.Config).GetValueOrDefault("LD_LIBRARY_PATH") ?? "";
        if (list.Length == 0)
        {
            yield break;
        }

        bool any = false;
        foreach (string element in Variables.RelativeElements(list))
        {
            any = true;
            yield return new RuleFinding("", $"LD_LIBRARY_PATH has {(element.Length == 0 ? "an empty element" : $"the relative element '{element}'")}: libraries come from the working folder.", Key: "element:" + element);
        }

        RunUser user = RunUser.Of(facts);
        foreach (string element in list.Split(':').Where(element => element.StartsWith('/')).Distinct(StringComparer.Ordinal))
        {
            if (facts.Files?.Resolve(element) is { Kind: ImageFileKind.Directory } folder && user.MayWrite(folder))
            {
                any = true;
                yield return new RuleFinding(folder.Path, $"is in LD_LIBRARY_PATH, and {user.Words} may write to it", Key: "writable");
            }
        }

        if (!any)
        {
            yield return new RuleFinding("", $"LD_LIBRARY_PATH is set for every program: {list}", Severity.Info, "set");
        }
    }
}
