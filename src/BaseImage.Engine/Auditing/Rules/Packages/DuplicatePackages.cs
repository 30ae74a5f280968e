using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3014: every package has one version for an architecture.</summary>
internal sealed class DuplicatePackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3014",
        Title = "Every package has one version",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "Where the database names a package twice for one architecture, one of the two is not what lies on the disk: a scanner reports the flaws of both, "
            + "or of the wrong one. It happens where layers are put together from several images.",
        Remediation = "Make the image from one base; merge status.d of several only where the versions agree.",
        References = ["NIST SP 800-190 4.1.1"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every package has one version.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package has several versions", "packages have several versions");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.GroupBy(package => (package.Name, package.Architecture)).Where(group => group.Select(package => package.VersionText).Distinct(StringComparer.Ordinal).Count() > 1)
            .Select(group => new RuleFinding("", $"The package {group.Key.Name} is there as {string.Join(" and ", group.Select(package => package.VersionText).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}.", Key: "package:" + group.Key.Name));
}
