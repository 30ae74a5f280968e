using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building;

/// <summary>One build of one image for one or more platforms, from a lock to documents and layers.</summary>
internal sealed class NativeBuild : IDisposable
{
    private const string Activity = "Building image";

    private readonly BuildRequest _request;
    private readonly IReporter _reporter;
    private readonly ContentCache _cache;
    private readonly PackageShelf _packages;
    private readonly Codec _codec;
    private readonly int _workers;
    private readonly DateTimeOffset _epoch;

    /// <summary>Prepares a build.</summary>
    /// <param name="request">What to build.</param>
    /// <param name="cache">Where listings, fragments and layers are kept; the layers are read from there.</param>
    /// <param name="source">Where packages come from; disposed of with the build.</param>
    /// <param name="reporter">Told how far it has come.</param>
    public NativeBuild(BuildRequest request, ContentCache cache, IPackageSource source, IReporter reporter)
    {
        (_request, _cache, _reporter) = (request, cache, reporter);
        _packages = new PackageShelf(cache, source, Counters);
        _codec = request.Compression == LayerCompression.Zstd ? Codec.Zstd : Codec.Gzip;
        _workers = BoundedParallel.Workers(request.Workers);
        DateTimeOffset epoch = request.SourceDateEpoch ?? request.Lock.Epoch;
        _epoch = DateTimeOffset.FromUnixTimeSeconds(epoch.ToUnixTimeSeconds());
    }

    /// <summary>What was done and what was not needed.</summary>
    public BuildCounters Counters { get; } = new();

    /// <summary>Builds.</summary>
    public async Task<BuiltImage> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<LockedPlatform> platforms = SelectPlatforms();
        long epoch = _epoch.ToUnixTimeSeconds();
        DefinitionFiles files = await DefinitionFiles.ReadAsync(_request.Definition.Files, epoch, cancellationToken).ConfigureAwait(false);
        Dictionary<Digest, PackageListing> listings = await ListAsync(platforms, cancellationToken).ConfigureAwait(false);
        List<PlatformPlan> plans = [];
        foreach (LockedPlatform platform in platforms)
        {
            PackageListing[] listed = platform.Packages.Select(package => listings[package.Sha256]).ToArray();
            plans.Add(await Task.Run(() => PlatformPlan.Make(platform, listed, _request.Definition, files, epoch, _codec), cancellationToken).ConfigureAwait(false));
        }

        foreach (string warning in plans.SelectMany(plan => plan.Warnings).Distinct(StringComparer.Ordinal))
        {
            _reporter.Warning(warning);
        }

        IReadOnlyList<BuiltLayer> layers = await MakeLayersAsync(plans, cancellationToken).ConfigureAwait(false);
        BuiltImage image = ImageAssembler.Assemble(_request.Definition, _epoch, [.. plans.Zip(layers, (plan, layer) => (plan.Platform, layer))]);
        _reporter.Progress(new ProgressUpdate(Activity, "", 1, 1, Completed: true));
        _reporter.Verbose($"{_request.Definition.Name}: {Counters}.");
        return image;
    }

    /// <summary>Deletes temporary files and lets go of the packages.</summary>
    public void Dispose() => _packages.Dispose();

    private IReadOnlyList<LockedPlatform> SelectPlatforms()
    {
        ImageLock imageLock = _request.Lock;
        IEnumerable<LockedPlatform> selected = _request.Platforms.Count == 0 ? imageLock.Platforms
            : _request.Platforms.Distinct().Select(platform => imageLock.Platforms.FirstOrDefault(locked => locked.Platform == platform)
                ?? throw new PlatformNotLockedException(platform.ToString(), imageLock.Path.Length > 0 ? imageLock.Path : imageLock.Name, imageLock.Platforms.Select(locked => locked.Platform.ToString())));
        return [.. selected.OrderBy(locked => locked.Platform)];
    }

    private async Task<Dictionary<Digest, PackageListing>> ListAsync(IReadOnlyList<LockedPlatform> platforms, CancellationToken cancellationToken)
    {
        // The largest first, so that no worker is left with it at the end; the order of results is not used.
        LockedPackage[] distinct = [.. platforms.SelectMany(platform => platform.Packages).DistinctBy(package => package.Sha256).OrderByDescending(package => package.Size)];
        IReadOnlyList<PackageListing?> known = await BoundedParallel.SelectAsync(distinct, _workers, _packages.TryListAsync, cancellationToken).ConfigureAwait(false);
        await _packages.PrepareAsync([.. distinct.Where((_, i) => known[i] is null)], cancellationToken).ConfigureAwait(false);
        int done = 0;
        IReadOnlyList<PackageListing> listings = await BoundedParallel.SelectAsync([.. distinct.Zip(known)], _workers, async (item, token) =>
        {
            (LockedPackage package, PackageListing? listing) = item;
            listing ??= await _packages.UnpackAsync(package, token).ConfigureAwait(false);
            _reporter.Progress(new ProgressUpdate(Activity, package.Name, Interlocked.Increment(ref done), distinct.Length));
            return listing;
        }, cancellationToken).ConfigureAwait(false);
        return distinct.Zip(listings).ToDictionary(pair => pair.First.Sha256, pair => pair.Second);
    }

    private async Task<IReadOnlyList<BuiltLayer>> MakeLayersAsync(IReadOnlyList<PlatformPlan> plans, CancellationToken cancellationToken)
    {
        // A block more than workers: one is filled while they compress.
        FragmentShelf shelf = new(_cache, Counters, _codec, _workers == 1 ? 1 : Math.Min(_workers, 4) + 1);
        LayerAssembler assembler = new(_cache, shelf, Counters, _codec);
        // Packages of all architectures give the same fragment on every platform. In the layers' order, which they are summed in.
        (PlatformPlan Plan, FragmentPlan Fragment)[] distinct = [.. plans.SelectMany(plan => plan.Fragments.Select(fragment => (plan, fragment))).DistinctBy(item => item.fragment.Key)];
        IReadOnlyList<Fragment?> known = await BoundedParallel.SelectAsync(distinct, _workers, (item, token) => shelf.TryFindAsync(item.Fragment, token), cancellationToken).ConfigureAwait(false);
        Dictionary<string, TaskCompletionSource<Fragment>> fragments = new(StringComparer.Ordinal);
        List<(PlatformPlan Plan, FragmentPlan Fragment)> missing = [];
        for (int i = 0; i < distinct.Length; i++)
        {
            fragments[distinct[i].Fragment.Key] = new TaskCompletionSource<Fragment>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (known[i] is { } fragment)
            {
                fragments[distinct[i].Fragment.Key].SetResult(fragment);
            }
            else
            {
                missing.Add(distinct[i]);
            }
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<IReadOnlyList<BuiltLayer>> layers = BoundedParallel.SelectAsync(plans, plans.Count, (plan, token) => assembler.AssembleAsync(
            [.. plan.Fragments.Select(fragment => NamedAsync(fragments[fragment.Key].Task, fragment.Name))], token), stop.Token);
        try
        {
            int done = known.Count - missing.Count;
            await BoundedParallel.ForEachAsync(missing, _workers, async (item, token) =>
            {
                fragments[item.Fragment.Key].SetResult(await shelf.MakeAsync(item.Fragment,
                    (content, t) => _packages.OpenAsync(item.Plan.Packages[content.Package], item.Plan.Listings[content.Package].Entries[content.Listed], t), token).ConfigureAwait(false));
                _reporter.Progress(new ProgressUpdate(Activity, item.Fragment.Name, Interlocked.Increment(ref done), distinct.Length));
            }, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nothing may go on behind a build that has failed.
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (TaskCompletionSource<Fragment> fragment in fragments.Values)
            {
                fragment.TrySetCanceled(stop.Token);
            }

            await ((Task)layers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await layers.ConfigureAwait(false);
    }

    // The same bytes may have another package's name on another platform.
    private static async Task<Fragment> NamedAsync(Task<Fragment> task, string name) => (await task.ConfigureAwait(false)) with { Name = name };
}
