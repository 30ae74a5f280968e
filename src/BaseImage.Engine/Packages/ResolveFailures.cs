using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Why a search failed, in words: each dead end with the chain of packages that leads to it.</summary>
internal sealed class ResolveFailures(PackageUniverse universe, ResolveRequest request)
{
    private const int MaximumShown = 3;
    private readonly List<(string Package, string Text, string Help)> _failures = [];

    /// <summary>A dependency that no package satisfies.</summary>
    public void Unmet(PackageRecord owner, RelationGroup group, IEnumerable<ResolveChoice> choices)
    {
        IEnumerable<string> found = group.Alternatives.Select(Describe);
        string left = request.Without.Count == 0 ? "" : " or name it under Without";
        Add(group.Alternatives[0].Name, $"{Chain(owner, choices)} depends on {group}: {string.Join("; ", found)}",
            group.Alternatives.Any(a => universe.Versions(a.Name).Count > 0)
                ? "Use the suites that have a version that fits (Updates, Security or Archives), or change the pin that rules it out."
                : $"Add the archive that has '{group.Alternatives[0].Name}' under Archives,{left} or leave '{owner.Name}' out.");
    }

    /// <summary>An option that another version of the same package rules out.</summary>
    public void OtherVersion(ResolveChoice choice, PackageRecord option, PackageRecord same, IEnumerable<ResolveChoice> choices)
        => Add(option.Name, $"{Asker(choice, choices)} {option}, but {Chain(same, choices)} is already chosen",
            $"Change the pin of '{option.Name}', or of what needs its other version.");

    /// <summary>An option that a chosen package excludes, or that excludes one.</summary>
    public void Excluded(ResolveChoice choice, PackageRecord option, PackageRecord other, PackageRecord owner, Relation relation, IEnumerable<ResolveChoice> choices)
        => Add(option.Name,
            $"{Asker(choice, choices)} {option}, which cannot be in one image with {Chain(other, choices)} ({owner.Name} conflicts with or breaks {relation})",
            $"Leave out what needs '{option.Name}' or what needs '{other.Name}', or choose another provider with Prefer.");

    /// <summary>The error that tells it.</summary>
    public DependencyUnsatisfiedException ToException(IEnumerable<ResolveChoice> choices, bool gaveUp)
    {
        _ = choices;
        string shown = string.Join(". Also: ", _failures.Take(MaximumShown).Select(f => f.Text));
        string more = _failures.Count > MaximumShown ? $". And {_failures.Count - MaximumShown} further dead ends" : "";
        string start = gaveUp ? "The search for a set of packages was given up" : "No set of packages fits";
        return _failures.Count == 0
            ? new DependencyUnsatisfiedException("", $"{start} for {request.Platform}.", "Ask for fewer packages at once to find the one at fault.")
            : new DependencyUnsatisfiedException(_failures[0].Package, $"{start} for {request.Platform}: {shown}{more}.", _failures[0].Help);
    }

    private void Add(string package, string text, string help)
    {
        if (_failures.Count < 1000 && !_failures.Any(f => f.Text == text))
        {
            _failures.Add((package, text, help));
        }
    }

    private static string Asker(ResolveChoice choice, IEnumerable<ResolveChoice> choices)
        => choice.Owner is null ? "the definition asks for" : $"{Chain(choice.Owner, choices)} depends on {choice.Group}, hence";

    // "app (asked for) -> libfoo1 1.2 -> libbar2 3.0": from what was asked for down to the package.
    private static string Chain(PackageRecord record, IEnumerable<ResolveChoice> choices)
    {
        List<string> links = [];
        Dictionary<PackageRecord, ResolveChoice> takenBy = [];
        foreach (ResolveChoice choice in choices.Where(c => c.Next > 0 && c.Next <= c.Options.Count))
        {
            takenBy[choice.Taken] = choice;
        }

        PackageRecord? link = record;
        while (link is not null && links.Count < 50)
        {
            ResolveChoice? choice = takenBy.GetValueOrDefault(link);
            links.Add(choice?.Request is not null ? $"{link} (asked for)" : link.ToString());
            link = choice?.Owner;
        }

        links.Reverse();
        return string.Join(" -> ", links);
    }

    private string Describe(Relation relation)
    {
        IReadOnlyList<PackageRecord> versions = universe.Versions(relation.Name);
        string provided = string.Join(", ", universe.Providers(relation.Name).Select(p => p.Name).Distinct(StringComparer.Ordinal).Take(5));
        string without = request.Without.ContainsKey(relation.Name) ? $"'{relation.Name}' is left out by the definition" : "";
        return without.Length > 0 ? without
            : versions.Count > 0 ? $"'{relation.Name}' exists as {string.Join(", ", versions.Take(3).Select(v => $"{v.Version} ({v.Origin.Suite})"))}"
            : provided.Length > 0 ? $"'{relation.Name}' is only provided by {provided}, not in that version"
            : $"'{relation.Name}' is in none of the archives";
    }
}
