namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2052: no file belongs to an id above 65535.</summary>
internal sealed class LargeIds : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2052",
        Title = "Ids fit a container's range",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Engines without root map 65,536 ids by default: an image with a file of a larger one cannot be unpacked there (\"lchown: invalid argument\"). "
            + "Such ids come from a directory service of the machine that built the image. One finding for each id.",
        Remediation = "Copy with --chown, or give the account a number below 65536.",
        References = ["subuid(5)", "Podman documentation, rootless shortcomings"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Every id is below 65536.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("id does not fit a container's range", "ids do not fit a container's range");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => file.Uid > 65535 || file.Gid > 65535).GroupBy(file => Math.Max(file.Uid, file.Gid)).OrderBy(group => group.Key)
            .Select(group => new RuleFinding(group.First().Path, $"belongs to id {group.Key}{(group.Count() > 1 ? $", as do {group.Count() - 1} more" : "")}", Key: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"id:{group.Key}")));
}
