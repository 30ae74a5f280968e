namespace BaseImage.Engine.Auditing.Rules.State;

/// <summary>BI2033: Python's byte code has no times.</summary>
internal sealed class TimedByteCode : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2033",
        Title = "Byte code does not carry times",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "Byte code with the time of its source differs from build to build though the source does not, and is thrown away and written again where "
            + "times were clamped: in a read-only container at every start. Byte code with a hash of its source (PEP 552), or none, is the same "
            + "everywhere. One finding for each folder.",
        Remediation = "Compile with --invalidation-mode unchecked-hash (or set SOURCE_DATE_EPOCH), or remove __pycache__ and set PYTHONDONTWRITEBYTECODE=1.",
        References = ["PEP 552", "reproducible-builds.org, Python"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Byte code does not carry times.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("folder has byte code with times", "folders have byte code with times");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (files, file) => files.Mark(file) == Contents.ContentMark.TimedByteCode).GroupBy(file => FileText.Folder(file.Path), StringComparer.Ordinal)
            .Select(group => new RuleFinding(group.Key, $"has {Words.Number(group.Count(), "file", "files")} of byte code with times"));
}
