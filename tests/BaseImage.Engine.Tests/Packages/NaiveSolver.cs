using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>
/// Tries every set of packages, at most one version of each, by the rules as Debian Policy words them. It shares nothing
/// with the resolver but the records' parsed fields.
/// </summary>
internal static class NaiveSolver
{
    /// <summary>True where some set holds every request in the version that is meant, and no broken relation.</summary>
    public static bool HasSolution(PackageUniverse universe, IReadOnlyList<PackageRequest> requests)
    {
        List<IReadOnlyList<PackageRecord>> names = [.. universe.Names.Select(universe.Versions)];
        return Sets(names, 0, []).Any(set => requests.All(r => set.Exists(p => p.Name == r.Name && IsMeant(universe, r, p))) && Problem(set) is null);
    }

    /// <summary>What is wrong with a set; null for nothing.</summary>
    public static string? Problem(IReadOnlyCollection<PackageRecord> set)
    {
        foreach (PackageRecord owner in set)
        {
            if (owner.Depends.FirstOrDefault(g => !g.Alternatives.Any(r => set.Any(p => Satisfies(r, p, isConflict: false)))) is { } group)
            {
                return $"{owner} lacks {group}";
            }

            if (owner.Conflicts.FirstOrDefault(g => set.Any(p => p.Name != owner.Name && Satisfies(g.Alternatives[0], p, isConflict: true))) is { } conflict)
            {
                return $"{owner} conflicts with {conflict}";
            }
        }

        return set.GroupBy(p => p.Name, StringComparer.Ordinal).Any(g => g.Count() > 1) ? "a package twice" : null;
    }

    private static bool IsMeant(PackageUniverse universe, PackageRequest request, PackageRecord record)
        => request.Version is null ? record.Version == universe.Versions(request.Name).Max(v => v.Version) : record.Version.ToString() == request.Version;

    private static bool Satisfies(Relation relation, PackageRecord record, bool isConflict)
    {
        if (relation.Qualifier == "any" && !isConflict && record.MultiArch != "allowed")
        {
            return false;
        }

        bool real = record.Name == relation.Name && Holds(relation, record.Version);
        return real || record.Provides.Select(g => g.Alternatives[0])
            .Any(p => p.Name == relation.Name && (relation.Version is null || (p.Version is not null && Holds(relation, p.Version))));
    }

    private static bool Holds(Relation relation, PackageVersion version) => relation.Version is null || relation.ToString().Split('(', ' ')[2] switch
    {
        "<<" => version < relation.Version,
        "<=" => version <= relation.Version,
        "=" => version == relation.Version,
        ">=" => version >= relation.Version,
        _ => version > relation.Version,
    };

    private static IEnumerable<List<PackageRecord>> Sets(List<IReadOnlyList<PackageRecord>> names, int at, List<PackageRecord> taken)
    {
        if (at == names.Count)
        {
            yield return [.. taken];
            yield break;
        }

        foreach (PackageRecord? record in names[at].Append(null))
        {
            List<PackageRecord> next = record is null ? taken : [.. taken, record];
            foreach (List<PackageRecord> set in Sets(names, at + 1, next))
            {
                yield return set;
            }
        }
    }
}
