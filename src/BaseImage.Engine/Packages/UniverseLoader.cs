namespace BaseImage.Engine.Packages;

/// <summary>Reads a platform's package indexes into one universe.</summary>
internal static class UniverseLoader
{
    /// <summary>Reads the indexes of an architecture, one after the other.</summary>
    /// <param name="suites">The suites with their archives, in the definition's order.</param>
    /// <param name="architecture">The architecture, as Debian names it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<PackageUniverse> LoadAsync(IReadOnlyList<(ArchiveSource Archive, LoadedSuite Suite)> suites, string architecture, CancellationToken cancellationToken)
    {
        PackageUniverse universe = new(architecture);
        for (int i = 0; i < suites.Count; i++)
        {
            (ArchiveSource archive, LoadedSuite suite) = suites[i];
            foreach (LoadedPackageIndex index in suite.Packages.Where(p => p.Architecture == architecture || p.Architecture == "all"))
            {
                IndexOrigin origin = new(archive.Id, suite.Index.Suite, index.Component, i, IsSecurity(archive));
                await index.ReadAsync(universe, origin, cancellationToken).ConfigureAwait(false);
            }
        }

        return universe;
    }

    /// <summary>True for an archive of security updates: its id says so, or each of its suites does.</summary>
    public static bool IsSecurity(ArchiveSource archive)
        => archive.Id.Split('-').Contains("security", StringComparer.Ordinal)
            || archive.Suites.All(s => s.EndsWith("-security", StringComparison.Ordinal) || s.EndsWith("/security", StringComparison.Ordinal));
}
