using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Which packages a name in a definition can mean.</summary>
internal static class RequestOptions
{
    /// <summary>The packages, the best first; never none.</summary>
    /// <exception cref="BaseImageException">There is none, or several packages provide the name and nothing says which.</exception>
    public static List<PackageRecord> Find(PackageUniverse universe, CandidateFinder finder, ResolveRequest all, PackageRequest request)
    {
        if (all.Without.ContainsKey(request.Name))
        {
            throw new DependencyUnsatisfiedException(request.Name,
                $"Package '{request.Name}' is both asked for under Packages and left out under Without.",
                "Take it out of one of the two.");
        }

        IReadOnlyList<PackageRecord> existing = universe.Versions(request.Name);
        IReadOnlyList<PackageRecord> allowed = finder.Versions(request.Name);
        if (allowed.Count > 0)
        {
            // Without a pin the newest is meant: an older one would miss what was mended since.
            return request.Version is null ? [allowed[0]] : [.. allowed];
        }

        if (existing.Count > 0)
        {
            throw new PackageVersionNotFoundException(request.Name,
                $"Package '{request.Name}' for {all.Platform} exists in no version '{request.Version}'; the archives have {Describe(existing)}.",
                "Pin one of these versions, or a pattern such as '1.2*'; an older one may need a mirror of that day.");
        }

        return Provider(universe, finder, all, request);
    }

    private static List<PackageRecord> Provider(PackageUniverse universe, CandidateFinder finder, ResolveRequest all, PackageRequest request)
    {
        List<PackageRecord> providers = [.. finder.Providers(request.Name)];
        if (providers.Count == 0)
        {
            List<string> near = NearNames.Find(request.Name, universe.Names);
            throw new PackageNotFoundException(request.Name,
                $"Package '{request.Name}' does not exist for {all.Platform} in the definition's archives{(near.Count == 0 ? "" : $"; there is {string.Join(", ", near.Select(n => $"'{n}'"))}")}.",
                "Correct the name, add the archive or component that has it under Archives, or limit it to the platforms that have it.");
        }

        if (request.Version is not null)
        {
            throw new PackageVersionNotFoundException(request.Name,
                $"'{request.Name}' is a virtual package and has no version '{request.Version}'; it is provided by {string.Join(", ", providers.Select(p => p.Name))}.",
                "Ask for the package that provides it, and pin that.");
        }

        if (providers.Count == 1 || providers[0].Name == all.Prefer.GetValueOrDefault(request.Name))
        {
            return [providers[0]];
        }

        string list = string.Join(", ", providers.Select(p => p.Name).Order(StringComparer.Ordinal));
        throw new PackageAmbiguousException(request.Name,
            $"'{request.Name}' is a virtual package that {providers.Count} packages provide for {all.Platform}: {list}.",
            $"Ask for one of them, or settle it with Prefer = @{{ '{request.Name}' = '{providers.OrderBy(p => p.Priority).ThenBy(p => p.Name, StringComparer.Ordinal).First().Name}' }}.");
    }

    private static string Describe(IReadOnlyList<PackageRecord> records)
        => string.Join(", ", records.Take(5).Select(r => $"{r.Version} ({r.Origin.Suite})"));
}
