using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3013: no package is held back.</summary>
internal sealed class HeldPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3013",
        Title = "No package is held back",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "A package on hold gets no update, security fixes included, and nobody who reads the Dockerfile of an image made from this one sees it.",
        Remediation = "Take the hold off (apt-mark unhold), and pin a version where one is meant.",
        References = ["apt-mark(8)", "NIST SP 800-190 4.1.1"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "No package is held back.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package is held back", "packages are held back");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.Where(package => package.Wanted == "hold").Select(package => Of(package, "is on hold"));
}
