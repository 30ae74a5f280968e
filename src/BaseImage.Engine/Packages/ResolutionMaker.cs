namespace BaseImage.Engine.Packages;

/// <summary>Tells of a search that succeeded who needs what, and what was left out.</summary>
internal static class ResolutionMaker
{
    /// <summary>Makes the result.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="choices">The choices that stand.</param>
    /// <param name="chosen">The packages.</param>
    public static Resolution Make(ResolveRequest request, IEnumerable<ResolveChoice> choices, ChosenSet chosen)
    {
        Dictionary<string, SortedSet<string>> neededBy = new(StringComparer.Ordinal);
        SortedDictionary<string, SortedSet<string>> leftOut = new(StringComparer.Ordinal);
        Dictionary<string, PackageRequest> requested = new(StringComparer.Ordinal);
        // What is there already was asked for by nobody, and what it lacks is not this closure's concern.
        foreach (ResolveChoice choice in choices.Where(c => c.Request is not null || c.Owner is not null))
        {
            if (choice.Request is not null)
            {
                requested.TryAdd(choice.Taken.Name, choice.Request);
            }
            else if (choice.Taken.Name != choice.Owner!.Name)
            {
                Add(neededBy, choice.Taken.Name, choice.Owner.Name);
            }
        }

        // A dependency that was satisfied by what was already there asked for nothing, but needs it all the same.
        foreach (PackageRecord owner in chosen.Packages.Where(p => p.Origin != IndexOrigin.BaseImage))
        {
            foreach (RelationGroup group in owner.Depends)
            {
                if (group.Alternatives.Select(chosen.Satisfier).FirstOrDefault(r => r is not null) is not { } satisfier)
                {
                    string name = group.Alternatives.Select(r => r.Name).FirstOrDefault(request.Without.ContainsKey) ?? group.Alternatives[0].Name;
                    Add(leftOut, name, owner.Name);
                }
                else if (satisfier.Name != owner.Name)
                {
                    Add(neededBy, satisfier.Name, owner.Name);
                }
            }
        }

        return new Resolution(
            [.. chosen.Packages.Where(p => p.Origin != IndexOrigin.BaseImage).OrderBy(p => p.Name, StringComparer.Ordinal)
                .Select(p => new ResolvedPackage(p, requested.GetValueOrDefault(p.Name), [.. neededBy.GetValueOrDefault(p.Name) ?? []]))],
            new SortedDictionary<string, IReadOnlyList<string>>(leftOut.ToDictionary(l => l.Key, l => (IReadOnlyList<string>)[.. l.Value]), StringComparer.Ordinal));
    }

    private static void Add(IDictionary<string, SortedSet<string>> map, string name, string owner)
    {
        if (!map.TryGetValue(name, out SortedSet<string>? owners))
        {
            map.Add(name, owners = new SortedSet<string>(StringComparer.Ordinal));
        }

        owners.Add(owner);
    }
}
