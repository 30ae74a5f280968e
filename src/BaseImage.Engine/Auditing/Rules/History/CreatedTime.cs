namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1015: the time that the image was made is not in the future.</summary>
internal sealed class CreatedTime : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1015",
        Title = "The time that it was made is believable",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "A time in the future makes every comparison wrong: the image always looks newest, clean-up by age spares it for ever, and signatures seem "
            + "older than what they sign. 1970 is what reproducible builders write who know no better; it is a note.",
        Remediation = "Set SOURCE_DATE_EPOCH to the time of the last change of the sources.",
        References = ["OCI Image Specification 1.1, config.md, created", "reproducible-builds.org SOURCE_DATE_EPOCH 1.1"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool DependsOnDay => true;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "The time that it was made is believable.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("time is not believable", "times are not believable");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Created is not { } created ? []
            : created > facts.Now && created - facts.Now > TimeSpan.FromDays(1) ? [new RuleFinding("", $"The image says it was made on {Words.Time(created)}, which is in the future.", Key: "created")]
            : created.Year < 1981 ? [new RuleFinding("", $"The image says it was made on {Words.Time(created)}; no age can be told by that.", Severity.Info, "created")]
            : [];
}
