using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3022: licences of packages are those that the policy allows.</summary>
internal sealed class AllowedLicences : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3022",
        Title = "Licences are those that the policy allows",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "Whoever passes on an image passes on every package in it, under its licence. Which are acceptable is a decision; the policy writes it down "
            + "(Limits.AllowedLicences, Limits.DeniedLicences, wildcards over SPDX ids or what the package writes). Licences come from apk's database and from "
            + "Debian's machine-readable copyright files. Of several that a package gives to choose from (OR), one that is allowed is enough. A package whose "
            + "licence no machine can read is a note.",
        Remediation = "Leave the package out, or allow its licence in the policy, with the lawyers' word.",
        References = ["SPDX Specification 2.3, annex D", "DEP-5: Machine-readable debian/copyright", "NIST SP 800-218 PW.4.1"],
        Equivalent = ["trivy:LICENSE"],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every licence that could be read is allowed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package has a licence that the policy does not allow", "packages have licences that the policy does not allow");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        List<string> unknown = [];
        foreach (InstalledPackage package in packages.All)
        {
            string[] licences = [.. LicenceTexts.Of(package, facts.Files!)];
            string[] refused = [.. licences.Where(licence => !LicenceTexts.IsAllowed(licence, facts.Limits))];
            if (licences.Length == 0)
            {
                unknown.Add(package.Name);
            }
            else if (refused.Length > 0)
            {
                yield return Of(package, $"is under {string.Join("; ", refused.Take(3))}");
            }
        }

        if (unknown.Count > 0)
        {
            yield return new RuleFinding("", $"The licence of {Words.Number(unknown.Count, "package", "packages")} no machine can read: {string.Join(", ", unknown.Take(5))}.", Severity.Info, "unknown");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => facts.Limits.AllowedLicences is null && facts.Limits.DeniedLicences is null ? "The policy states no licences: write Limits = @{ AllowedLicences = 'MIT', 'GPL-*' }." : base.Skipped(facts);
}
