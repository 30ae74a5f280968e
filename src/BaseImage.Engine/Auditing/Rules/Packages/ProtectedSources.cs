using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3019: package sources use a protected transport.</summary>
internal sealed class ProtectedSources : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3019",
        Title = "Package sources use a protected transport",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "Over plain http everybody on the way sees which packages an image takes and can hold back new ones; signatures protect what is in the packages, "
            + "not that. The distributions' own archives are signed by keys that are in the image, and http to them is a note; other archives are reported.",
        Remediation = "Write https in the sources.",
        References = ["sources.list(5)", "apt-secure(8)", "NIST SP 800-190 4.1.5"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Package sources use a protected transport.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("source is reached without protection", "sources are reached without protection");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => PackageSource.Of(facts.Files!).Count == 0 ? "The image has no package sources." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => PackageSource.Of(facts.Files!).Where(source => source.Uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.Uri.StartsWith("ftp://", StringComparison.OrdinalIgnoreCase))
            .Select(source => new RuleFinding(source.Path, $"reaches {source.Uri} without protection", source.IsOwn ? Severity.Info : null, "source:" + source.Uri) { Line = source.Line });
}
