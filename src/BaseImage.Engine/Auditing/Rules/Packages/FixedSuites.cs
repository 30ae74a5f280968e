using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3020: package sources name a release, not whatever is current.</summary>
internal sealed class FixedSuites : ListingRule
{
    private static readonly HashSet<string> Moving = new(["stable", "oldstable", "oldoldstable", "testing", "unstable", "sid", "experimental", "rc", "devel", "edge", "latest", "latest-stable", "rolling"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3020",
        Title = "Package sources name a release",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "stable, testing, unstable, edge and latest-stable mean something else next year: the same Dockerfile then gives another distribution, and an "
            + "image that updates itself moves to it unasked. Releases under development get no security support.",
        Remediation = "Name the release (bookworm, noble, v3.22).",
        References = ["sources.list(5)", "NIST SP 800-190 4.1.5"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Package sources name a release.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("source names what is current", "sources name what is current");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => PackageSource.Of(facts.Files!).Count == 0 ? "The image has no package sources." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => PackageSource.Of(facts.Files!).Where(source => Moving.Contains(source.IsApk ? source.Suite : source.Suite.Split('-', '/')[0]))
            .Select(source => new RuleFinding(source.Path, $"names {source.Suite}, which moves", Key: "suite:" + source.Suite) { Line = source.Line });
}
