using BaseImage.Engine.Auditing.Packages;
using BaseImage.Engine.Auditing.Policies;
using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3026: packages are those that the policy allows.</summary>
internal sealed class AllowedPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3026",
        Title = "Packages are those that the policy allows",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "A base image is a promise of what is in it. The policy can say which packages may be there (Limits.AllowedPackages), which must not "
            + "(Limits.DeniedPackages), and how many at most (Limits.Packages).",
        Remediation = "Leave the package out, or change the policy and say why in the change.",
        References = ["NIST SP 800-190 4.1.5", "CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every package is allowed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package is not allowed, or too many are there", "packages are not allowed, or too many are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        foreach (InstalledPackage package in packages.All.DistinctBy(package => package.Name))
        {
            if (facts.Limits.DeniedPackages is { } denied && PolicyLimits.Matches(denied, package.Name))
            {
                yield return Of(package, "is one that the policy denies");
            }
            else if (facts.Limits.AllowedPackages is { } allowed && !PolicyLimits.Matches(allowed, package.Name))
            {
                yield return Of(package, "is none that the policy allows");
            }
        }

        if (facts.Limits.Packages is { } most && packages.All.Count > most)
        {
            yield return new RuleFinding("", $"There are {Words.Number(packages.All.Count, "package", "packages")}, where the policy allows {most.ToString(CultureInfo.InvariantCulture)}.", Key: "count");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => facts.Limits is { AllowedPackages: null, DeniedPackages: null, Packages: null } ? "The policy states no packages: write Limits = @{ DeniedPackages = 'telnet*' }." : base.Skipped(facts);
}
