using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3030: removed packages left nothing.</summary>
internal sealed class RemovedPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3030",
        Title = "Removed packages left nothing",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "A package that was removed and not purged leaves its configuration, its entry in the database, and the scripts that purging would run. Scanners "
            + "and people take it for installed.",
        Remediation = "Purge packages (apt-get purge), or leave them out of the base.",
        References = ["dpkg(1) --purge"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Removed packages left nothing.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("removed package left its configuration", "removed packages left their configuration");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.Leftovers.Where(package => package.State == "config-files").Select(package => Of(package, "was removed and left its configuration"));
}
