using BaseImage.Engine.Auditing.Packages;
using System.Globalization;
using BaseImage.Engine.Inspection;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3016: the distribution's release still gets security fixes.</summary>
internal sealed class SupportedDistribution : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3016",
        Title = "The distribution still gets security fixes",
        Severity = Severity.High,
        Category = "Packages",
        Rationale = "After its end of life a release gets no fixes: each flaw that is found from then on stays in the image, and scanners that go by the "
            + "distribution's advisories fall silent. The table knows Debian, Ubuntu and Alpine as of November 2026 and is judged at the time of the audit. "
            + "Debian's LTS counts as support, by fewer people and for fewer packages, and is a note; so is an end within 90 days. What the table does not know "
            + "is skipped.",
        Remediation = "Move to a supported release; until then, watch for flaws by other means than the distribution's advisories.",
        References = ["NIST SP 800-190 4.1.1", "wiki.debian.org/LTS", "ubuntu.com/about/release-cycle", "alpinelinux.org/releases"],
        Equivalent = ["trivy:EOSL"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    public override bool DependsOnDay => true;

    /// <inheritdoc/>
    protected override string Passed => "The distribution still gets security fixes.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("release is past its end of life", "releases are past their end of life");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => PackageFacts.Of(facts.Files!).Distribution is var distribution && distribution.Id.Length == 0 ? "The image does not say which distribution it is."
        : SupportTable.Find(distribution) is null ? $"When {distribution.Name} ends is not in the table of {SupportTable.AsOf}."
        : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        Distribution distribution = PackageFacts.Of(facts.Files!).Distribution;
        SupportedRelease release = SupportTable.Find(distribution)!;
        DateOnly today = DateOnly.FromDateTime(facts.Now.UtcDateTime), end = release.Extended ?? release.Until;
        if (today > end)
        {
            yield return new RuleFinding(distribution.Path, $"{distribution.Name} has had no security fixes since {Day(end)}.", Key: "release");
        }
        else if (today > release.Until)
        {
            yield return new RuleFinding(distribution.Path, $"{distribution.Name} has been left to the LTS team since {Day(release.Until)}, until {Day(end)}.", Severity.Info, "release");
        }
        else if (today.AddDays(90) > end)
        {
            yield return new RuleFinding(distribution.Path, $"{distribution.Name} gets security fixes until {Day(end)}.", Severity.Info, "release");
        }
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
