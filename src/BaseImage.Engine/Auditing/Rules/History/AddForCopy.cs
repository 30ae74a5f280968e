namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1030: files come by COPY.</summary>
internal sealed class AddForCopy : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1030",
        Title = "Files are copied and not added",
        Severity = Severity.Low,
        Category = "History",
        Rationale = "ADD unpacks what looks like an archive and downloads what looks like an address; whoever meant to copy a file gets one or the other by "
            + "surprise. The first ADD onto an empty image, which unpacks a root file system, is what ADD is for.",
        Remediation = "Write COPY; keep ADD for archives that are to be unpacked, and say so in a comment.",
        References = ["CIS Docker Benchmark 4.9", "Docker documentation, Building best practices, ADD or COPY"],
        Equivalent = ["dockle:CIS-DI-0009", "cis-docker:4.9", "hadolint:DL3020"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "Files come by COPY.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step adds a file", "steps add files");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        bool isFirst = true;
        foreach (HistoryStep step in HistorySteps.Of(facts))
        {
            bool isAdd = step.Instruction == "ADD" && !step.Text.Contains("://", StringComparison.Ordinal);
            if (isAdd && !isFirst)
            {
                yield return new RuleFinding("", $"Step {step.Number} adds a file: {step.Text}", Key: step.Key);
            }

            isFirst &= step.Instruction is not ("ADD" or "COPY" or "RUN");
        }
    }
}
