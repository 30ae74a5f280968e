using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Finds the closure of what a definition asks for. It chooses as apt does: everything asked for first, then depth first
/// through Pre-Depends and Depends in their order; of alternatives one that is already chosen, else the first that can be
/// had; a real package before a provider. Where that leads to a conflict, it goes back to the last choice that had a part
/// in it (conflict-directed backjumping), a bounded number of times: so it finds the first closure in this order that
/// there is. Essential packages are not implied. docs/decisions/0013 says more.
/// </summary>
internal sealed class Resolver
{
    // Real closures need a few; a hostile or broken archive must not hold the search for ever.
    private const int MaximumAttempts = 100_000;
    private const int MaximumPackages = 20_000;

    private readonly ResolveRequest _request;
    private readonly CandidateFinder _finder;
    private readonly ChosenSet _chosen;
    private readonly List<ResolveChoice> _choices = [];
    private readonly PackageUniverse _universe;
    private int _attempts;

    private Resolver(PackageUniverse universe, ResolveRequest request)
    {
        (_universe, _request) = (universe, request);
        _finder = new CandidateFinder(universe, request);
        _chosen = new ChosenSet(universe.Architecture);
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
        AddInstalled();
        Agenda? agenda = null;
        foreach (bool expand in new[] { true, false })
        {
            foreach (PackageRequest request in _request.Packages.Reverse())
            {
                agenda = new Agenda(null, null, null, request, expand, agenda);
            }
        }

        while (agenda is { } item)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (item.Expand)
            {
                PackageRecord taken = _choices.First(c => c.Request == item.Request).Taken;
                agenda = taken.Origin == IndexOrigin.BaseImage ? item.Rest : Needs(taken, item.Rest);
            }
            else if (item.Group is { } group && (IsSatisfied(group) || IsLeftOut(group)))
            {
                agenda = item.Rest;
            }
            else
            {
                List<PackageRecord> options = item.Request is { } request ? Requested(request) : _finder.Solutions(item.Group!);
                ResolveChoice choice = new(item, options, _choices.Count, _chosen.Count);
                if (options.Count == 0)
                {
                    choice.Reasons.Add(new ResolveReason(choice));
                }

                _choices.Add(choice);
                agenda = TakeNext();
            }
        }

        return ResolutionMaker.Make(_request, _choices, _chosen);
    }

    // The choice at the root of all, without an alternative: what leads back to it has no way out.
    private void AddInstalled()
    {
        if (_request.Installed.Count > 0)
        {
            ResolveChoice given = new(new Agenda(null, null, null, null, Expand: false, null), [.. _request.Installed], 0, 0) { Next = _request.Installed.Count };
            _choices.Add(given);
            foreach (PackageRecord record in _request.Installed)
            {
                _chosen.Add(record, given);
            }
        }
    }

    // What is there already answers a request, also where an archive has a newer version.
    private List<PackageRecord> Requested(PackageRequest request)
        => _chosen.Find(request.Name) is { } there && there.Origin == IndexOrigin.BaseImage && (request.Version is null || VersionPattern.Matches(request.Version, there.Version))
            ? [there]
            : RequestOptions.Find(_universe, _finder, _request, request);

    // Takes the next option of the last choice that has a part in what went wrong and an option left.
    private Agenda? TakeNext()
    {
        while (true)
        {
            ResolveChoice choice = _choices[^1];
            _chosen.TakeBackTo(choice.ChosenBefore);
            while (choice.Next < choice.Options.Count)
            {
                if (++_attempts > MaximumAttempts || _chosen.Count > MaximumPackages)
                {
                    throw new ResolveFailures(_universe, _request).ToException(choice.Reasons, gaveUp: true);
                }

                PackageRecord option = choice.Options[choice.Next++];
                if (Obstacle(choice, option) is { } reason)
                {
                    choice.Reasons.Add(reason);
                    choice.Blamed.Add(reason.OtherBy!.Level);
                }
                else if (_chosen.Find(option.Name) is not null)
                {
                    return choice.Rest;
                }
                else
                {
                    _chosen.Add(option, choice);
                    return choice.Request is null ? Needs(option, choice.Rest) : choice.Rest;
                }
            }

            GoBack(choice);
        }
    }

    // Everything chosen since the last choice that is to blame had no part in the failure: trying it otherwise is in vain.
    private void GoBack(ResolveChoice failed)
    {
        if (failed.By is not null)
        {
            failed.Blamed.Add(failed.By.Level);
        }

        if (failed.Blamed.Count == 0)
        {
            throw new ResolveFailures(_universe, _request).ToException(failed.Reasons, gaveUp: false);
        }

        int level = failed.Blamed.Max;
        _choices.RemoveRange(level + 1, _choices.Count - level - 1);
        ResolveChoice last = _choices[level];
        failed.Blamed.Remove(level);
        last.Blamed.UnionWith(failed.Blamed);
        last.Reasons.AddRange(failed.Reasons.Take(ResolveFailures.MaximumKept - last.Reasons.Count));
    }

    private ResolveReason? Obstacle(ResolveChoice choice, PackageRecord option)
    {
        if (_chosen.Find(option.Name) is { } same)
        {
            return ReferenceEquals(same, option) ? null : new ResolveReason(choice, option, same, _chosen.TakenBy(same));
        }

        return _chosen.Excluder(option) is { } found
            ? new ResolveReason(choice, option, found.Other, _chosen.TakenBy(found.Other), found.Owner, found.Relation)
            : null;
    }

    private Agenda? Needs(PackageRecord record, Agenda? rest)
    {
        ResolveChoice by = _chosen.TakenBy(record);
        for (int i = record.Depends.Count - 1; i >= 0; i--)
        {
            rest = new Agenda(by, record, record.Depends[i], null, Expand: false, rest);
        }

        return rest;
    }

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
}
