using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Why a search failed, in words: each dead end with the chain of packages that leads to it, and what would help.</summary>
internal sealed class ResolveFailures(PackageUniverse universe, ResolveRequest request)
{
    /// <summary>Reasons that a choice keeps.</summary>
    public const int MaximumKept = 100;

    private const int MaximumShown = 3;

    /// <summary>The error that tells it.</summary>
    /// <param name="reasons">The dead ends that no choice leads around.</param>
    /// <param name="gaveUp">True where the search was too long.</param>
    public DependencyUnsatisfiedException ToException(IReadOnlyList<ResolveReason> reasons, bool gaveUp)
    {
        string start = gaveUp ? "The search for a set of packages was given up" : "No set of packages fits";
        // What can be had nowhere explains more than what only stands in the way of something else.
        List<(ResolveReason Reason, string Text)> told = [.. reasons.OrderByDescending(r => r.Option is null).Select(r => (r, Describe(r))).DistinctBy(r => r.Item2)];
        if (told.Count == 0)
        {
            return new DependencyUnsatisfiedException("", $"{start} for {request.Platform}.", "Ask for fewer packages at once to find the one at fault.");
        }

        string shown = string.Join(". Also: ", told.Take(MaximumShown).Select(t => t.Text));
        string more = told.Count > MaximumShown ? $". And {told.Count - MaximumShown} further dead ends" : "";
        string[] help = [.. told.Take(MaximumShown).SelectMany(t => new ResolveHelp(universe, request).For(t.Reason)).Distinct(StringComparer.Ordinal).Take(4)];
        ResolveReason first = told[0].Reason;
        return new DependencyUnsatisfiedException(
            first.Option?.Name ?? first.Choice.Group!.Alternatives[0].Name, $"{start} for {request.Platform}: {shown}{more}.", Sentence(help));
    }

    private string Describe(ResolveReason reason)
    {
        string asker = reason.Choice.Owner is null ? "the definition asks for" : $"{Chain(reason.Choice.Owner, reason.Choice.By)} depends on {reason.Choice.Group}";
        if (reason.Option is null)
        {
            return $"{asker}: {string.Join("; ", reason.Choice.Group!.Alternatives.Select(Describe))}";
        }

        string hence = reason.Choice.Owner is null ? $"{asker} {reason.Option}" : $"{asker}, hence {reason.Option}";
        string other = Chain(reason.Other!, reason.OtherBy);
        return reason.Excluder is null
            ? $"{hence}, but {other} is already chosen"
            : $"{hence}, which cannot be in one image with {other} ({reason.Excluder.Name} conflicts with or breaks {reason.Relation})";
    }

    private string Describe(Relation relation)
    {
        IReadOnlyList<PackageRecord> versions = universe.Versions(relation.Name);
        string provided = string.Join(", ", universe.Providers(relation.Name).Select(p => p.Name).Distinct(StringComparer.Ordinal).Take(5));
        if (request.Without.ContainsKey(relation.Name))
        {
            return $"'{relation.Name}' is left out by the definition";
        }

        if (versions.Count > 0)
        {
            string qualifier = !versions.Any(v => relation.Allows(v.Version)) ? ""
                : relation.Qualifier == "any" ? ", but is not Multi-Arch: allowed"
                : relation.Qualifier is { } other ? $", but for {universe.Architecture} and not for {other}, of which a platform has nothing"
                : ", which the definition's pin rules out";
            return $"'{relation.Name}' exists as {string.Join(", ", versions.Take(3).Select(v => $"{v.Version} ({v.Origin.Suite})"))}{qualifier}";
        }

        return provided.Length > 0
            ? $"'{relation.Name}' is only provided by {provided}, not in that version"
            : $"'{relation.Name}' is in none of the archives";
    }

    // "app (asked for) -> libfoo1 1.2 -> libbar2 3.0": from what was asked for down to the package.
    private static string Chain(PackageRecord record, ResolveChoice? by)
    {
        List<string> links = [];
        for (PackageRecord? link = record; link is not null && links.Count < 50; (link, by) = (by?.Owner, by?.By))
        {
            links.Add(link.Origin == IndexOrigin.BaseImage ? $"{link} (of the base image)" : by?.Request is not null ? $"{link} (asked for)" : link.ToString());
        }

        links.Reverse();
        return string.Join(" -> ", links);
    }

    // "Do this, do that, or do the other."
    private static string Sentence(string[] parts)
    {
        string text = parts.Length == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])}, or {parts[^1]}";
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}
