using BaseImage.Engine.Auditing.Packages;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3017: what packages depend on is there.</summary>
internal sealed class MissingDependencies : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3017",
        Title = "What packages depend on is there",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "A package whose dependency is missing was installed by force: it may fail at its first use, and apt refuses to work until the gap is closed. "
            + "Alternatives, virtual packages and versions count as dpkg counts them. Images that were assembled without dpkg leave dependencies out on purpose; "
            + "there it is one note.",
        Remediation = "Install the missing package (apt-get --fix-broken install), and do not force installations.",
        References = ["Debian Policy 7.2", "apt-get(8) check"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "What packages depend on is there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package lacks what it depends on", "packages lack what they depend on");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        ILookup<string, InstalledPackage> byName = packages.All.Where(package => package.Manager != PackageManager.Apk).ToLookup(package => package.Name, StringComparer.Ordinal);
        ILookup<string, Relation> provided = packages.All.Where(package => package.Manager != PackageManager.Apk).SelectMany(package => Groups(package.Provides).SelectMany(group => group.Alternatives)).ToLookup(relation => relation.Name, StringComparer.Ordinal);
        List<string> assembled = [];
        foreach (InstalledPackage package in packages.All.Where(package => package.Manager != PackageManager.Apk))
        {
            string[] missing = [.. package.Depends.SelectMany(Groups).Where(group => !group.Alternatives.Any(one => IsThere(one, byName, provided))).Select(group => string.Join(" | ", group.Alternatives))];
            if (missing.Length > 0 && package.Manager == PackageManager.Assembled)
            {
                assembled.Add(package.Name);
            }
            else if (missing.Length > 0)
            {
                yield return Of(package, $"needs {string.Join(", ", missing.Take(3))}");
            }
        }

        if (assembled.Count > 0)
        {
            yield return new RuleFinding("", $"{Words.Number(assembled.Count, "package was", "packages were")} put in without all that they depend on: {string.Join(", ", assembled.Take(5))}.", Severity.Info, "assembled");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
    {
        PackageFacts packages = PackageFacts.Of(facts.Files!);
        return packages.Skipped ?? (packages.All.All(package => package.Manager == PackageManager.Apk) ? "Dependencies are judged where dpkg's database is." : null);
    }

    private static bool IsThere(Relation one, ILookup<string, InstalledPackage> byName, ILookup<string, Relation> provided)
        => byName[one.Name].Any(package => package.Version is null || one.Allows(package.Version))
            || provided[one.Name].Any(offer => one.Version is null || (offer.Version is { } version && one.Allows(version)));

    private static IReadOnlyList<RelationGroup> Groups(string field)
    {
        try
        {
            return RelationParser.Parse(field);
        }
        catch (FormatException)
        {
            return []; // a field that apt would refuse says nothing
        }
    }
}
