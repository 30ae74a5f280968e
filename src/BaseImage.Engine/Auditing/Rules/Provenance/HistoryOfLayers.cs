namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4003: the history accounts for every layer.</summary>
internal sealed class HistoryOfLayers : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4003",
        Title = "The history accounts for every layer",
        Severity = Severity.Low,
        Category = "Provenance",
        Rationale = "Each layer has a step of the history that says how it came about; more layers than steps, or the other way round, means that something was put "
            + "in, or taken out, by other means than the build. Docker refuses some of such images. Some builders write no history at all, which is a note.",
        Remediation = "Let the builder write the history; tools that append layers have to append steps as well.",
        References = ["OCI Image Specification 1.1, config.md, history", "NIST SP 800-190 4.1.3"],
        Equivalent = ["cis-docker:4.11"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The history accounts for every layer.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("history does not account for the layers", "histories do not account for the layers");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Manifest is null ? "Nothing is known of the manifest." : null;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        int layers = facts.Manifest!.Layers.Count, steps = facts.History.Count(step => !step.EmptyLayer);
        if (facts.History.Count == 0)
        {
            return layers == 0 ? [] : [new RuleFinding("", $"There is no history, and there are {Words.Number(layers, "layer", "layers")}.", Severity.Info, "history")];
        }

        return layers == steps ? [] : [new RuleFinding("", $"The history has {Words.Number(steps, "step", "steps")} that made a layer, and there are {Words.Number(layers, "layer", "layers")}.", Key: "history")];
    }
}
