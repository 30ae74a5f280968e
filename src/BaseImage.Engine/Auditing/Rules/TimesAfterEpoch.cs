namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2007: no time in the image is later than the image says it was made.</summary>
internal sealed class TimesAfterEpoch : IAuditRule
{
    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2007",
        Title = "No time is later than the image's own",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "An image that can be built again bit for bit has one epoch: it is what the config calls created, and no file and no step of the history is later. "
            + "A later time comes from the clock of the machine that built it, so the next build differs, and nobody can tell whether that difference was meant. "
            + "An epoch is a whole second; one with fractions is a note, for it was read off a clock.",
        Remediation = "Build with an epoch (SOURCE_DATE_EPOCH) and clamp file times to it; Build-BaseImage does both.",
        References = ["reproducible-builds.org SOURCE_DATE_EPOCH 1.1", "OCI Image Specification 1.1, config.md, created"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        if (facts.Created is not { } created)
        {
            RuleFinding missing = new("", "The config does not say when the image was made.", Key: "created");
            return RuleOutcome.Of([missing], "", failing => failing[0].Message);
        }

        List<RuleFinding> findings = [];
        if (created.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            findings.Add(new RuleFinding("", $"The config's created, {Words.Time(created)}, has a fraction of a second, so a clock and no epoch made it.", Severity.Info, "created"));
        }

        long epoch = created.ToUnixTimeSeconds();
        for (int step = 0; step < facts.History.Count; step++)
        {
            if (facts.History[step].Created is { } time && time.ToUnixTimeSeconds() > epoch)
            {
                findings.Add(new RuleFinding("", $"Step {step + 1} of the history is of {Words.Time(time)}, later than the image's {Words.Time(created)}.", Key: $"history:{step + 1}"));
            }
        }

        findings.AddRange(facts.Files!.All
            .Where(file => file.ModifiedTime.ToUnixTimeSeconds() > epoch)
            .Select(file => new RuleFinding(file.Path, $"is of {Words.Time(file.ModifiedTime)}, later than the image's {Words.Time(created)}")));
        return RuleOutcome.Of(
            findings,
            $"No time is later than {Words.Time(created)}.",
            failing => Words.Number(failing.Count, "time is", "times are") + $" later than the image's own, {Words.Time(created)}.");
    }
}
