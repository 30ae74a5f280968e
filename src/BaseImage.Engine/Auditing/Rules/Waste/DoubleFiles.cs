namespace BaseImage.Engine.Auditing.Rules.Waste;

/// <summary>BI2043: large files are stored once.</summary>
internal sealed class DoubleFiles : ListingRule
{
    private const long Large = 1_000_000;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2043",
        Title = "Large files are stored once",
        Severity = Severity.Info,
        Category = "Size",
        Rationale = "The same megabytes under two names are shipped twice, unless the names are hard links. It comes from copying in place of linking, and from "
            + "one library in two folders. The findings are notes.",
        Remediation = "Make one of them a hard link, or a symbolic one, in the step that writes them.",
        References = ["CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Large files are stored once.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("large file is stored again", "large files are stored again");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        Dictionary<Digest, string> first = [];
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => file.Kind == ImageFileKind.File && file.Size >= Large && !file.Digest.IsEmpty))
        {
            if (!first.TryAdd(file.Digest, file.Path))
            {
                yield return new RuleFinding(file.Path, $"is the same {Words.Size(file.Size)} as {first[file.Digest]}", Severity.Info);
            }
        }
    }
}
