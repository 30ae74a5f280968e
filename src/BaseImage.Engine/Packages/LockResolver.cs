using BaseImage.Engine.Definitions;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>Resolves definitions against signed indexes.</summary>
/// <param name="dataFiles">Reads the settings that name mirrors; null for none.</param>
/// <param name="paths">Where the cache is.</param>
/// <param name="bases">Knows the images that are built on.</param>
internal sealed class LockResolver(IReadDataFile? dataFiles, Func<BaseImagePaths> paths, IKnowBases bases) : IResolveLock
{
    /// <inheritdoc/>
    public async Task<LockPlan> ResolveAsync(ImageDefinition definition, ArchiveAccess access, IReadOnlyList<LockChange>? only, IReporter reporter, CancellationToken cancellationToken)
    {
        ImageLock? older = await ReadOlderAsync(definition, only, reporter, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using ContentCache cache = ContentCache.Open(paths().CacheRoot);
        using IDisposable use = cache.BeginUse();
        using ArchiveClient client = ArchiveClient.Create(access, dataFiles, cache, access.AsOf ?? now, reporter);

        IReadOnlyList<KnownBase> known = definition.BaseImage is null ? [] : await bases.ReadAsync(definition, cancellationToken).ConfigureAwait(false);
        string[] architectures = definition.Archives.Count == 0 ? [] : [.. definition.Platforms.Select(p => p.DebianArchitecture
            ?? throw new PackageNotFoundException(p.ToString(), $"The distribution has no packages for the platform {p}.", "Name platforms such as 'linux/amd64' and 'linux/arm64'.")).Distinct(StringComparer.Ordinal)];
        IReadOnlyList<(ArchiveSource Archive, LoadedSuite Suite)> suites = await LoadSuitesAsync(definition, client, architectures, access.AsOf ?? now, older, reporter, cancellationToken).ConfigureAwait(false);

        List<LockedPlatform> platforms = [];
        SortedSet<string> leftOut = new(StringComparer.Ordinal);
        PartialUpdate partial = new(older, only);
        // One platform after the other: the next one's universe lies where this one's did.
        foreach (Platform platform in definition.Platforms)
        {
            platforms.Add(await ResolvePlatformAsync(definition, platform, suites, known.FirstOrDefault(b => b.Platform == platform), partial, leftOut, reporter, cancellationToken).ConfigureAwait(false));
        }

        foreach (string name in definition.Without.Keys.Where(n => !leftOut.Contains(n)))
        {
            reporter.Verbose($"Nothing needs '{name}': its entry under Without has no effect.");
        }

        ImageLock newer = LockAssembler.Assemble(definition, suites.Select(s => s.Suite), platforms, leftOut, access, now, known);
        Dictionary<string, byte[]> files = suites.SelectMany(s => s.Suite.SignedFiles).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
        newer = await partial.AddOlderIndexesAsync(newer, files, cancellationToken).ConfigureAwait(false);
        HashSet<string> security = [.. definition.Archives.Where(UniverseLoader.IsSecurity).Select(a => a.Id)];
        IReadOnlyList<LockChange> changes = LockComparer.Compare(older, newer, security.Contains, definition.Path, definition.LockPath);
        if (older is not null && changes.Count == 0)
        {
            newer = newer with { Epoch = older.Epoch };
        }

        return new LockPlan(newer, changes, files);
    }

    private static async Task<ImageLock?> ReadOlderAsync(ImageDefinition definition, IReadOnlyList<LockChange>? only, IReporter reporter, CancellationToken cancellationToken)
    {
        if (!File.Exists(definition.LockPath))
        {
            return null;
        }

        try
        {
            return await new LockReader().ReadAsync(definition.LockPath, cancellationToken).ConfigureAwait(false);
        }
        catch (LockInvalidException e) when (only is null)
        {
            // The cure for a damaged lock is to lock again, so it must not stand in the way; but its dates are lost.
            reporter.Warning($"The present lock cannot be read and is not compared with: {e.Message}");
            return null;
        }
    }

    private static async Task<IReadOnlyList<(ArchiveSource Archive, LoadedSuite Suite)>> LoadSuitesAsync(
        ImageDefinition definition, ArchiveClient client, string[] architectures, DateTimeOffset asOf, ImageLock? older, IReporter reporter, CancellationToken cancellationToken)
    {
        IndexLoader loader = new(client);
        List<(ArchiveSource Archive, LoadedSuite Suite)> suites = [];
        // Of an archive that serves none of the platforms nothing is read.
        foreach (ArchiveSource archive in definition.Archives.Where(archive => IndexLoader.Served(archive, architectures).Any()))
        {
            foreach (string suite in archive.Suites)
            {
                reporter.Verbose($"Reading the index of {archive.Id} {suite}.");
                DateTimeOffset? earlier = older?.Indexes.Where(i => i.Archive == archive.Id && i.Suite == suite).Select(i => (DateTimeOffset?)i.Date).Max();
                suites.Add((archive, await loader.LoadAsync(archive, suite, architectures, asOf, earlier, cancellationToken).ConfigureAwait(false)));
            }
        }

        return suites;
    }

    private static async Task<LockedPlatform> ResolvePlatformAsync(
        ImageDefinition definition, Platform platform, IReadOnlyList<(ArchiveSource Archive, LoadedSuite Suite)> suites,
        KnownBase? known, PartialUpdate partial, SortedSet<string> leftOut, IReporter reporter, CancellationToken cancellationToken)
    {
        reporter.Verbose($"Choosing packages for {platform}.");
        if (suites.Count == 0)
        {
            return new LockedPlatform(platform, []) { BaseManifest = known?.Manifest ?? default };
        }

        using PackageUniverse universe = await UniverseLoader.LoadAsync(suites, platform.DebianArchitecture!, cancellationToken).ConfigureAwait(false);
        partial.AddKeptPackages(universe, platform);
        ResolveRequest request = new()
        {
            Packages = [.. definition.Packages.Where(p => p.Platforms.Count == 0 || p.Platforms.Contains(platform)).OrderBy(p => p.Name, StringComparer.Ordinal)],
            Without = definition.Without,
            Prefer = definition.Prefer,
            Keep = partial.KeptVersions(platform),
            Installed = known is null ? [] : Installed(universe, known),
            Platform = platform,
        };
        Resolution resolution = await Task.Run(() => Resolver.Resolve(universe, request, cancellationToken), cancellationToken).ConfigureAwait(false);
        leftOut.UnionWith(resolution.LeftOut.Keys);
        foreach ((string name, IReadOnlyList<string> needers) in resolution.LeftOut)
        {
            reporter.Verbose($"Left out for {platform}: {name}, needed by {string.Join(", ", needers)}.");
        }

        foreach (PackageRequest there in request.Packages.Where(p => request.Installed.Any(i => i.Name == p.Name)))
        {
            reporter.Verbose($"The base image has '{there.Name}' already, for {platform}.");
        }

        return new LockedPlatform(platform, [.. resolution.Packages.Select(p => partial.Kept(platform, p) ?? LockAssembler.ToLocked(p))]) { BaseManifest = known?.Manifest ?? default };
    }

    private static PackageRecord[] Installed(PackageUniverse universe, KnownBase known)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (ControlParagraph stanza in known.Stanzas)
        {
            universe.Add(stanza.Raw.Span, IndexOrigin.BaseImage);
            names.Add(stanza["Package"]!);
        }

        return [.. names.Select(name => universe.Versions(name).FirstOrDefault(r => r.Origin == IndexOrigin.BaseImage)).OfType<PackageRecord>()];
    }
}
