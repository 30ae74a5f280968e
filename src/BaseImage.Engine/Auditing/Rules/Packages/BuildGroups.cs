using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3028: no group of build packages stayed.</summary>
internal sealed class BuildGroups : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3028",
        Title = "No group of build packages stayed",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "apk add --virtual .build-deps gathers what a build needs under one name so that it can be removed in one go. Where that name is still installed, "
            + "the removal was forgotten or lies in another layer, and all of it is still there.",
        Remediation = "Run apk del .build-deps in the step that added it.",
        References = ["apk-add(8) --virtual", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "No group of build packages stayed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("group of build packages is there", "groups of build packages are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.Where(package => package.Manager == PackageManager.Apk && package.Name.StartsWith('.')).Select(package => Of(package, "is a group of packages for a build"));

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
    {
        PackageFacts packages = PackageFacts.Of(facts.Files!);
        return packages.Skipped ?? (packages.Has(PackageManager.Apk) ? null : "The image has no packages of apk.");
    }
}
