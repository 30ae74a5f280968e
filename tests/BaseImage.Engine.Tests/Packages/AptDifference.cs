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
        PackageRecord[] here = Resolve(universe, package, prefer, out _);
        for (int round = 0; round < 10; round++)
        {
            int distance = Distance(here, apt);
            bool isNearer = false;
            foreach ((string name, string provider) in Ties(universe, here, apt).Where(t => !prefer.ContainsKey(t.Name)))
            {
                prefer.Add(name, provider);
                PackageRecord[] next = Resolve(universe, package, prefer, out _);
                isNearer = next.Length > 0 && Distance(next, apt) < distance;
                if (isNearer)
                {
                    here = next;
                    break;
                }

                prefer.Remove(name);
            }

            if (Distance(here, apt) == 0 || !isNearer)
            {
                break;
            }
        }

        return prefer.Count > 0 && Distance(here, apt) == 0 ? $"provider-tie {string.Join(" ", prefer.Select(p => $"{p.Key}={p.Value}"))}" : null;
    }

    // Packages that only one of the two has.
    private static int Distance(PackageRecord[] here, IReadOnlyList<string> apt)
    {
        HashSet<string> both = [.. apt];
        both.SymmetricExceptWith(here.Select(p => $"{p.Name}={p.Version}"));
        return both.Count;
    }

    // Virtual names for which apt took another package that is equal in all that apt's rules for providers look at.
    private static List<(string Name, string Provider)> Ties(PackageUniverse universe, PackageRecord[] here, IReadOnlyList<string> apt)
    {
        HashSet<string> theirs = [.. apt];
        List<(string Name, string Provider)> ties = [];
        foreach (Relation relation in here.SelectMany(p => p.Depends).SelectMany(g => g.Alternatives).Where(r => universe.Versions(r.Name).Count == 0))
        {
            PackageRecord? ours = here.FirstOrDefault(p => p.Name != relation.Name && !theirs.Contains($"{p.Name}={p.Version}") && RelationRules.IsSatisfiedBy(relation, p, universe.Architecture));
            if (ours is not null)
            {
                ties.AddRange(universe.Providers(relation.Name)
                    .Where(p => p.Name != relation.Name && theirs.Contains($"{p.Name}={p.Version}") && !here.Contains(p) && Rank(ours) == Rank(p) && RelationRules.IsSatisfiedBy(relation, p, universe.Architecture))
                    .Select(p => (relation.Name, p.Name)));
            }
        }

        return [.. ties.Distinct()];
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
