using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Finds the closure of what a definition asks for. It chooses as apt does: everything asked for first, then depth first
/// through Pre-Depends and Depends in their order; of alternatives one that is already chosen, else the first that can be
/// had; a real package before a provider. Where apt gives up or removes something, this goes back to the last choice,
/// a bounded number of times. Essential packages are not implied.
/// </summary>
internal sealed class Resolver
{
    // Real closures need none; a hostile or broken archive must not hold the search for ever.
    private const int MaximumAttempts = 50_000;
    private const int MaximumPackages = 20_000;

    private readonly ResolveRequest _request;
    private readonly CandidateFinder _finder;
    private readonly ChosenSet _chosen;
    private readonly ResolveFailures _failures;
    private readonly Stack<ResolveChoice> _choices = new();
    private readonly string _architecture;
    private readonly PackageUniverse _universe;

    private Resolver(PackageUniverse universe, ResolveRequest request)
    {
        (_universe, _request, _architecture) = (universe, request, universe.Architecture);
        _finder = new CandidateFinder(universe, request);
        _chosen = new ChosenSet(universe.Architecture);
        _failures = new ResolveFailures(universe, request);
    }

    /// <summary>Finds the closure.</summary>
    /// <exception cref="PackageNotFoundException">A package that was asked for does not exist.</exception>
    /// <exception cref="PackageVersionNotFoundException">It exists in no version that was asked for.</exception>
    /// <exception cref="PackageAmbiguousException">A virtual package was asked for and several provide it.</exception>
    /// <exception cref="DependencyUnsatisfiedException">There is no closure without an unmet dependency or a conflict.</exception>
    public static Resolution Resolve(PackageUniverse universe, ResolveRequest request, CancellationToken cancellationToken)
        => new Resolver(universe, request).Run(cancellationToken);

    private Resolution Run(CancellationToken cancellationToken)
    {
        Agenda? agenda = null;
        foreach (PackageRequest request in _request.Packages.Reverse())
        {
            agenda = new Agenda(null, null, request, Expand: true, agenda);
        }

        foreach (PackageRequest request in _request.Packages.Reverse())
        {
            agenda = new Agenda(null, null, request, Expand: false, agenda);
        }

        int attempts = 0;
        while (agenda is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (PackageRecord? owner, RelationGroup? group, PackageRequest? request, bool expand, Agenda? rest) = agenda;
            if (expand)
            {
                agenda = Needs(Chosen(request!), rest);
                continue;
            }

            if (group is not null && (IsSatisfied(group) || IsLeftOut(group)))
            {
                agenda = rest;
                continue;
            }

            List<PackageRecord> options = request is null ? _finder.Solutions(group!) : RequestOptions.Find(_universe, _finder, _request, request);
            if (options.Count == 0)
            {
                _failures.Unmet(owner!, group!, _choices);
            }

            _choices.Push(new ResolveChoice(owner, group, request, options, rest, _chosen.Packages.Count));
            agenda = TakeNext(ref attempts);
        }

        return Result();
    }

    // Takes the next option of the last choice that has one left, going back as far as need be.
    private Agenda? TakeNext(ref int attempts)
    {
        while (_choices.Count > 0)
        {
            ResolveChoice choice = _choices.Peek();
            _chosen.TakeBackTo(choice.ChosenBefore);
            while (choice.Next < choice.Options.Count)
            {
                if (++attempts > MaximumAttempts || _chosen.Packages.Count > MaximumPackages)
                {
                    throw _failures.ToException(_choices, gaveUp: true);
                }

                PackageRecord option = choice.Options[choice.Next++];
                if (_chosen.Find(option.Name) is { } same)
                {
                    if (ReferenceEquals(same, option))
                    {
                        return choice.Rest;
                    }

                    _failures.OtherVersion(choice, option, same, _choices);
                }
                else if (_chosen.Excluder(option) is { } excluder)
                {
                    _failures.Excluded(choice, option, excluder.Other, excluder.Owner, excluder.Relation, _choices);
                }
                else
                {
                    _chosen.Add(option);
                    return choice.Request is null ? Needs(option, choice.Rest) : choice.Rest;
                }
            }

            _choices.Pop();
        }

        throw _failures.ToException(_choices, gaveUp: false);
    }

    private static Agenda? Needs(PackageRecord record, Agenda? rest)
    {
        for (int i = record.Depends.Count - 1; i >= 0; i--)
        {
            rest = new Agenda(record, record.Depends[i], null, Expand: false, rest);
        }

        return rest;
    }

    private PackageRecord Chosen(PackageRequest request) => _choices.First(c => c.Request == request).Taken;

    private bool IsSatisfied(RelationGroup group) => group.Alternatives.Any(r => _chosen.Satisfier(r) is not null);

    // The definition leaves a package out: then so is every dependency for which it would have been taken. Its
    // alternatives are not tried instead; nobody who leaves out debconf wants cdebconf.
    private bool IsLeftOut(RelationGroup group)
    {
        foreach (Relation relation in group.Alternatives)
        {
            if (_request.Without.ContainsKey(relation.Name))
            {
                return true;
            }

            bool any = _finder.Versions(relation.Name).Count > 0;
            if (_finder.First(relation).Any())
            {
                return false;
            }

            if (!any && _universe.Providers(relation.Name).Any(p => _request.Without.ContainsKey(p.Name)))
            {
                return true;
            }
        }

        return false;
    }

    private Resolution Result()
    {
        Dictionary<string, SortedSet<string>> neededBy = new(StringComparer.Ordinal);
        SortedDictionary<string, IReadOnlyList<string>> leftOut = new(StringComparer.Ordinal);
        Dictionary<string, PackageRequest> requested = new(StringComparer.Ordinal);
        foreach (ResolveChoice choice in _choices)
        {
            if (choice.Request is not null)
            {
                requested.TryAdd(choice.Taken.Name, choice.Request);
            }
            else
            {
                Need(neededBy, choice.Taken, choice.Owner!);
            }
        }

        foreach (PackageRecord owner in _chosen.Packages)
        {
            foreach (RelationGroup group in owner.Depends)
            {
                if (group.Alternatives.Select(_chosen.Satisfier).FirstOrDefault(r => r is not null) is { } satisfier)
                {
                    Need(neededBy, satisfier, owner);
                }
                else
                {
                    string name = group.Alternatives.Select(r => r.Name).FirstOrDefault(_request.Without.ContainsKey) ?? group.Alternatives[0].Name;
                    leftOut[name] = [.. leftOut.GetValueOrDefault(name, []).Append(owner.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
                }
            }
        }

        return new Resolution(
            [.. _chosen.Packages.OrderBy(p => p.Name, StringComparer.Ordinal)
                .Select(p => new ResolvedPackage(p, requested.GetValueOrDefault(p.Name), [.. neededBy.GetValueOrDefault(p.Name) ?? []]))],
            leftOut);
    }

    private static void Need(Dictionary<string, SortedSet<string>> neededBy, PackageRecord record, PackageRecord owner)
    {
        if (record.Name != owner.Name)
        {
            if (!neededBy.TryGetValue(record.Name, out SortedSet<string>? owners))
            {
                neededBy.Add(record.Name, owners = new SortedSet<string>(StringComparer.Ordinal));
            }

            owners.Add(owner.Name);
        }
    }
}
