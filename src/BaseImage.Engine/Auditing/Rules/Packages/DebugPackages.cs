using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3010: there are no packages of debugging symbols.</summary>
internal sealed class DebugPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3010",
        Title = "No packages of debugging symbols",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "Packages of symbols are as large as the programs they describe, and show an attacker what a stripped program hides. Debuggers fetch them when "
            + "they are needed.",
        Remediation = "Uninstall -dbg and -dbgsym packages; keep symbols on a debuginfod server.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "There are no packages of debugging symbols.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package of debugging symbols is there", "packages of debugging symbols are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.Where(package => package.Name.EndsWith("-dbg", StringComparison.Ordinal) || package.Name.EndsWith("-dbgsym", StringComparison.Ordinal) || package.Name.EndsWith("-debuginfo", StringComparison.Ordinal) || package.Kind == "debug")
            .Select(package => Of(package, "holds debugging symbols"));
}
