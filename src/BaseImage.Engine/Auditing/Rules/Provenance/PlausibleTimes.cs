using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4007: the times that the image gives are plausible.</summary>
internal sealed class PlausibleTimes : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4007",
        Title = "Times of the image are plausible",
        Severity = Severity.Low,
        Category = "Provenance",
        Rationale = "A time of making that lies in the future, or that a label of the same image contradicts by more than a day, was made by a wrong clock or copied "
            + "from another image, mostly the base; registries and clean-up jobs go by it. The epoch (1970) and other times that are meant to be the same in "
            + "every build are no mistake.",
        Remediation = "Let the build set created, and org.opencontainers.image.created from the same value (SOURCE_DATE_EPOCH).",
        References = ["OCI Image Specification 1.1, annotations.md", "reproducible-builds.org SOURCE_DATE_EPOCH 1.1"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool DependsOnDay => true;

    /// <inheritdoc/>
    protected override string Passed => "Times of the image are plausible.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("time is not plausible", "times are not plausible");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Now == DateTimeOffset.UnixEpoch ? "The time of the audit is not known." : null;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        if (facts.Created is { } created && created > facts.Now.AddDays(1))
        {
            yield return new RuleFinding("", $"The image says that it was made at {Words.Time(created)}, which is yet to come.", Key: "created");
        }

        foreach (string name in (string[])["org.opencontainers.image.created", "org.label-schema.build-date", "build-date", "build_date"])
        {
            if (facts.Created is { } made && facts.Config.Labels.TryGetValue(name, out string? text)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset said) && (said - made).Duration() > TimeSpan.FromDays(1) && made.Year > 1980)
            {
                yield return new RuleFinding("", $"The label {name} says {Words.Time(said)}, and the config {Words.Time(made)}.", Key: "label:" + name);
            }
        }
    }
}
