using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3023: every Debian package has its copyright file.</summary>
internal sealed class CopyrightFiles : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3023",
        Title = "Every Debian package has its copyright file",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "Most licences are kept only by passing on their text: a package whose copyright file was deleted to save space is passed on without the right to. "
            + "Debian keeps it in /usr/share/doc/NAME/copyright; that of another package of the same source counts. In images that were assembled without dpkg it is a note.",
        Remediation = "Leave /usr/share/doc/*/copyright out of what is removed (dpkg's path-include does).",
        References = ["Debian Policy 12.5", "CIS Docker Benchmark 4.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Every Debian package has its copyright file.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package has no copyright file", "packages have no copyright file");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        InstalledPackage[] own = [.. packages.All.Where(package => package.Manager != PackageManager.Apk)];
        HashSet<string> sources = new(own.Where(HasFile).Select(package => package.Source), StringComparer.Ordinal);
        return own.Where(package => !HasFile(package) && !sources.Contains(package.Source))
            .Select(package => Of(package, "has no copyright file", package.Manager == PackageManager.Assembled ? Severity.Info : null));

        bool HasFile(InstalledPackage package) => facts.Files!.Resolve($"/usr/share/doc/{package.Name}/copyright") is not null;
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
    {
        PackageFacts packages = PackageFacts.Of(facts.Files!);
        return packages.Skipped ?? (packages.All.All(package => package.Manager == PackageManager.Apk) ? "Alpine's packages keep their licence in the database." : null);
    }
}
