namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1019: PATH has no relative or empty element.</summary>
internal sealed class RelativePath : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1019",
        Title = "Programs are not found by chance",
        Severity = Severity.Medium,
        Category = "Environment",
        Rationale = "An element of PATH that is empty, '.' or relative means the folder that a program happens to stand in: whoever can write a file there "
            + "decides what ls is. It is mostly a colon too many, or a variable that was empty when the image was built.",
        Remediation = "Write absolute folders alone: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin.",
        References = ["CIS Distribution Independent Linux Benchmark 6.2.6", "POSIX.1-2017, 8.3, PATH", "MITRE ATT&CK T1574.007"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every element of PATH is absolute.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("element of PATH is not absolute", "elements of PATH are not absolute");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Of(facts.Config).TryGetValue("PATH", out string? list)
            ? list.Length == 0
                ? [new RuleFinding("", "PATH is set to nothing: programs come from the working folder.", Key: "element:")]
                : Variables.RelativeElements(list).Select(element => new RuleFinding("", $"PATH has {(element.Length == 0 ? "an empty element" : $"the relative element '{element}'")}: {list}", Key: "element:" + element))
            : [new RuleFinding("", "PATH is not set; every engine has its own default.", Severity.Info, "unset")];
}
