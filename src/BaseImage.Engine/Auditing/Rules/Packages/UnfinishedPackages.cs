using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3012: every package is wholly installed.</summary>
internal sealed class UnfinishedPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3012",
        Title = "Every package is wholly installed",
        Severity = Severity.High,
        Category = "Packages",
        Rationale = "A package that is unpacked and not configured, half installed, or marked as broken has scripts that failed or never ran: accounts, permissions "
            + "and links that it needs may be missing, and the next run of the package manager may fail.",
        Remediation = "Find out why the installation failed (dpkg --audit), and let a failing installation fail the build.",
        References = ["dpkg(1) --audit", "apk-tools: apk fix"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every package is wholly installed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package is not wholly installed", "packages are not wholly installed");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.Where(package => package.IsBroken || package.State is not ("" or "installed" or "triggers-pending" or "triggers-awaited"))
            .Select(package => Of(package, package.State.Length > 0 && package.State != "installed" ? $"is {package.State}" : "is marked as broken"));
}
