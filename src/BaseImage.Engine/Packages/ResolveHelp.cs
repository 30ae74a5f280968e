namespace BaseImage.Engine.Packages;

/// <summary>What a definition's author can do about a dead end; each in words that begin with a verb.</summary>
internal sealed class ResolveHelp(PackageUniverse universe, ResolveRequest request)
{
    /// <summary>What would help, the likeliest first; never nothing.</summary>
    public IEnumerable<string> For(ResolveReason reason)
        => reason.Option is null ? ForUnmet(reason.Choice) : reason.Excluder is null ? ForVersions(reason) : ForConflict(reason);

    private IEnumerable<string> ForUnmet(ResolveChoice choice)
    {
        Relation relation = choice.Group!.Alternatives[0];
        IReadOnlyList<PackageRecord> versions = universe.Versions(relation.Name);
        if (versions.Any(v => relation.Allows(v.Version)) && Pin(relation.Name) is { } pin)
        {
            yield return $"change the pin '{pin}' of '{relation.Name}'";
        }
        else if (versions.Count > 0)
        {
            yield return $"use a suite or an archive that has '{relation}' (Updates, Security or Archives)";
        }
        else
        {
            List<string> near = NearNames.Find(relation.Name, universe.Names);
            yield return $"add the archive or component that has '{relation.Name}' under Archives{(near.Count == 0 ? "" : $" (near names: {string.Join(", ", near)})")}";
        }

        if (universe.Versions(choice.Owner!.Name).FirstOrDefault(v => v.Version != choice.Owner.Version) is { } other)
        {
            yield return $"pin another Version of '{choice.Owner.Name}', for instance {other.Version}";
        }

        yield return $"name '{relation.Name}' under Without if the image can do without it";
    }

    private IEnumerable<string> ForVersions(ResolveReason reason)
    {
        string name = reason.Option!.Name;
        yield return Pin(name) is { } pin ? $"change the pin '{pin}' of '{name}'" : $"pin a Version of '{name}' that all of them take";
        foreach (PackageRecord? owner in new[] { reason.Choice.Owner, reason.OtherBy?.Owner })
        {
            if (owner is not null && universe.Versions(owner.Name).FirstOrDefault(v => v.Version != owner.Version) is { } other)
            {
                yield return $"pin another Version of '{owner.Name}', for instance {other.Version}";
            }
        }
    }

    private IEnumerable<string> ForConflict(ResolveReason reason)
    {
        (PackageRecord option, PackageRecord other) = (reason.Option!, reason.Other!);
        bool isOptionAsked = reason.Choice.Request is not null, isOtherAsked = reason.OtherBy?.Request is not null;
        if (Root(reason.Choice) is { } one && Root(reason.OtherBy) is { } two && one != two)
        {
            yield return $"ask for only one of '{two}' and '{one}'";
        }

        foreach (ResolveChoice? choice in new[] { reason.Choice, reason.OtherBy })
        {
            foreach (Relation relation in choice?.Group?.Alternatives ?? [])
            {
                string[] providers = [.. universe.Providers(relation.Name).Select(p => p.Name).Distinct(StringComparer.Ordinal).Where(p => p != option.Name && p != other.Name).Take(3)];
                if (providers.Length > 0)
                {
                    yield return $"choose another provider of '{relation.Name}' with Prefer ({string.Join(", ", providers)})";
                }
            }
        }

        if (!isOptionAsked)
        {
            yield return $"name '{option.Name}' under Without if the image can do without it";
        }

        if (!isOtherAsked)
        {
            yield return $"name '{other.Name}' under Without if the image can do without it";
        }

        yield return $"leave out what needs '{option.Name}' or what needs '{other.Name}'";
    }

    // The name in the definition that a choice goes back to.
    private static string? Root(ResolveChoice? choice) => choice?.By is null ? choice?.Request?.Name : Root(choice.By);

    private string? Pin(string name) => request.Packages.FirstOrDefault(p => p.Name == name)?.Version;
}
