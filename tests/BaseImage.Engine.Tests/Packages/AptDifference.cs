using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>
/// Says by which rule a closure differs from apt's, and checks that the rule is why: not that it might be. The rules are in
/// docs/decisions/0013.
/// </summary>
internal static class AptDifference
{
    /// <summary>The closure of one package as <c>name=version</c>, in ordinal order; empty where there is none.</summary>
    public static string[] Closure(PackageUniverse universe, string package, IReadOnlyDictionary<string, string>? prefer, out string message)
        => [.. Resolve(universe, package, prefer, out message).Select(p => $"{p.Name}={p.Version}").Order(StringComparer.Ordinal)];

    /// <summary>The rule, with what it was about; null where none applies.</summary>
    public static string? Explain(PackageUniverse universe, string package, IReadOnlyList<string> apt)
    {
        if (apt.Count == 0)
        {
            // apt drops candidates and repairs; it does not search. What is found here must hold by Policy alone.
            PackageRecord[] found = Resolve(universe, package, null, out _);
            return found.Length > 0 && NaiveSolver.Problem(found) is null ? "apt-finds-none" : null;
        }

        // Nothing but the provider that apt's numbering favours may make the difference: with Prefer naming it, all is the same.
        SortedDictionary<string, string> prefer = new(StringComparer.Ordinal);
        for (int round = 0; round < 10; round++)
        {
            PackageRecord[] here = Resolve(universe, package, prefer, out _);
            if (here.Select(p => $"{p.Name}={p.Version}").Order(StringComparer.Ordinal).SequenceEqual(apt))
            {
                return $"provider-tie {string.Join(" ", prefer.Select(p => $"{p.Key}={p.Value}"))}";
            }

            if (Tie(universe, here, apt) is not { } tie || !prefer.TryAdd(tie.Name, tie.Provider))
            {
                return null;
            }
        }

        return null;
    }

    // A provided name for which apt took another package that is equal in all that apt's rules for providers look at.
    private static (string Name, string Provider)? Tie(PackageUniverse universe, PackageRecord[] here, IReadOnlyList<string> apt)
    {
        HashSet<string> theirs = [.. apt];
        foreach (Relation relation in here.SelectMany(p => p.Depends).SelectMany(g => g.Alternatives))
        {
            PackageRecord? ours = here.FirstOrDefault(p => p.Name != relation.Name && !theirs.Contains($"{p.Name}={p.Version}") && RelationRules.IsSatisfiedBy(relation, p, universe.Architecture));
            PackageRecord? other = universe.Providers(relation.Name).FirstOrDefault(p => p.Name != relation.Name && theirs.Contains($"{p.Name}={p.Version}") && !here.Contains(p)
                && RelationRules.IsSatisfiedBy(relation, p, universe.Architecture));
            if (ours is not null && other is not null && Rank(ours) == Rank(other))
            {
                return (relation.Name, other.Name);
            }
        }

        return null;
    }

    private static (bool, bool, int) Rank(PackageRecord record) => (record.IsEssential, record.IsImportant, record.Priority);

    private static PackageRecord[] Resolve(PackageUniverse universe, string package, IReadOnlyDictionary<string, string>? prefer, out string message)
    {
        try
        {
            message = "";
            return [.. Resolver.Resolve(
                universe,
                new ResolveRequest { Packages = [PlainArchive.Want(package)], Platform = Platform.LinuxAmd64, Prefer = prefer ?? new Dictionary<string, string>() },
                CancellationToken.None).Packages.Select(p => p.Record)];
        }
        catch (BaseImageException e)
        {
            message = e.Message;
            return [];
        }
    }
}
