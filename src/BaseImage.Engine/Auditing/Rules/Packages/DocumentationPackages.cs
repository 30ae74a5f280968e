using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3011: there are no packages of documents.</summary>
internal sealed class DocumentationPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3011",
        Title = "No packages of documents",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "Manuals are read on the desk, not in a container. What packages bring along as documents is the business of BI2008; these are packages that bring "
            + "nothing else, and the readers of manuals.",
        Remediation = "Uninstall the packages.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "There are no packages of documents.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package of documents is there", "packages of documents are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => packages.All.Where(package => package.Kind == "doc" || package.Name.EndsWith("-doc", StringComparison.Ordinal) || package.Name.EndsWith("-docs", StringComparison.Ordinal) || package.Name is "man-db" or "mandoc" or "info" or "texinfo" or "manpages" or "doc-base" or "groff" or "groff-base")
            .Select(package => Of(package, "holds documents, or shows them"));
}
