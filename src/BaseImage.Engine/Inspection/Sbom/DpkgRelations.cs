using BaseImage.Engine.Inspection.Languages;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>Which installed packages meet the relations of others. Source: Debian Policy 7.</summary>
internal sealed class DpkgRelations
{
    private readonly Dictionary<string, List<(SbomPackage Package, PackageVersion? Version)>> _providers = new(StringComparer.Ordinal);

    /// <summary>Knows what is installed.</summary>
    internal DpkgRelations(IReadOnlyList<(ControlParagraph Stanza, SbomPackage Package)> installed)
    {
        // A real package goes before one that provides its name.
        foreach ((_, SbomPackage package) in installed)
        {
            Provide(package.Package.Name, package, package.Package.Version);
        }

        foreach ((ControlParagraph stanza, SbomPackage package) in installed)
        {
            foreach (Relation provided in Groups(stanza["Provides"], out _).SelectMany(group => group.Alternatives))
            {
                Provide(provided.Name, package, provided.Version);
            }
        }
    }

    /// <summary>The packages that meet a package's Depends and Pre-Depends: of alternatives the first that is installed.</summary>
    internal IEnumerable<SbomPackage> Needs(ControlParagraph stanza, SbomPackage package, List<string> remarks)
    {
        foreach (string field in (string[])["Pre-Depends", "Depends"])
        {
            IReadOnlyList<RelationGroup> groups = Groups(stanza[field], out string problem);
            foreach (RelationGroup group in groups)
            {
                if (group.Alternatives.Select(relation => Find(relation, package)).FirstOrDefault(found => found is not null) is { } needed && needed != package)
                {
                    yield return needed;
                }
            }

            if (problem.Length > 0 && remarks.Count < 200)
            {
                remarks.Add($"{field} of the package {PackageText.Line(package.Package.Name)} was not read: {PackageText.Line(problem)}.");
            }
        }
    }

    private SbomPackage? Find(Relation relation, SbomPackage from)
    {
        SbomPackage? other = null;
        foreach ((SbomPackage package, PackageVersion? version) in _providers.GetValueOrDefault(relation.Name) ?? [])
        {
            if (relation.Operator == RelationOperator.None || (version is not null && relation.Allows(version)))
            {
                if (package.Package.Architecture == from.Package.Architecture || package.Package.Architecture == "all")
                {
                    return package;
                }

                other ??= package;
            }
        }

        return other;
    }

    private void Provide(string name, SbomPackage package, PackageVersion? version)
    {
        if (!_providers.TryGetValue(name, out List<(SbomPackage Package, PackageVersion? Version)>? providers))
        {
            _providers[name] = providers = [];
        }

        providers.Add((package, version));
    }

    private static IReadOnlyList<RelationGroup> Groups(string? field, out string problem)
    {
        problem = "";
        try
        {
            return field is null ? [] : RelationParser.Parse(field);
        }
        catch (FormatException exception)
        {
            problem = exception.Message;
            return [];
        }
    }
}
