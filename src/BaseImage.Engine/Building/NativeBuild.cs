using BaseImage.Engine.Building.Bases;
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
    private readonly OpenedBase? _base;

    /// <summary>Prepares a build.</summary>
    /// <param name="request">What to build.</param>
    /// <param name="cache">Where listings, fragments and layers are kept; the layers are read from there.</param>
    /// <param name="source">Where packages come from; disposed of with the build.</param>
    /// <param name="reporter">Told how far it has come.</param>
    /// <param name="below">The image that it is built on, which has to stay open as long as the layers are read; null for none.</param>
    public NativeBuild(BuildRequest request, ContentCache cache, IPackageSource source, IReporter reporter, OpenedBase? below = null)
    {
        (_request, _cache, _reporter, _base) = (request, cache, reporter, below);
        _codec = request.Compression == LayerCompression.Zstd ? Codec.Zstd : Codec.Gzip;
        _workers = BoundedParallel.Workers(request.Workers);
        _packages = new PackageShelf(cache, source, Counters, _workers);
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
            BasePlatform? below = await ReadBaseAsync(platform, cancellationToken).ConfigureAwait(false);
            plans.Add(await Task.Run(() => PlatformPlan.Make(platform, listed, _request.Definition, files, epoch, _codec, below), cancellationToken).ConfigureAwait(false));
        }

        foreach (string warning in plans.SelectMany(plan => plan.Warnings).Distinct(StringComparer.Ordinal))
        {
            _reporter.Warning(warning);
        }

        IReadOnlyList<BuiltLayer?> layers = await MakeLayersAsync(plans, cancellationToken).ConfigureAwait(false);
        BuiltImage image = ImageAssembler.Assemble(_request.Definition, _epoch, [.. plans.Zip(layers, (plan, layer) => (plan.Platform, layer, plan.Base))]);
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
        // Packages are brought while the first of them are unpacked; who unpacks one that is on its way waits for it.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task bringing = _packages.PrepareAsync([.. distinct.Where((_, i) => known[i] is null)], stop.Token);
        int done = 0;
        Task<IReadOnlyList<PackageListing>> unpacking = BoundedParallel.SelectAsync([.. distinct.Zip(known)], _workers, async (item, token) =>
        {
            (LockedPackage package, PackageListing? listing) = item;
            listing ??= await _packages.UnpackAsync(package, token).ConfigureAwait(false);
            _reporter.Progress(new ProgressUpdate(Activity, package.Name, Interlocked.Increment(ref done), distinct.Length));
            return listing;
        }, stop.Token);
        Task first = await Task.WhenAny(bringing, unpacking).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        // Nothing may go on behind a build that has failed; what could not be brought is a better reason than what follows from it.
        await Task.WhenAll(bringing, unpacking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (bringing.IsFaulted)
        {
            await bringing.ConfigureAwait(false);
        }

        IReadOnlyList<PackageListing> listings = await unpacking.ConfigureAwait(false);
        return distinct.Zip(listings).ToDictionary(pair => pair.First.Sha256, pair => pair.Second);
    }

    private async Task<BasePlatform?> ReadBaseAsync(LockedPlatform locked, CancellationToken cancellationToken)
    {
        if (_base is null)
        {
            return null;
        }

        SourceManifest manifest = _base.Manifest(locked.Platform, locked.BaseManifest);
        return new BasePlatform(_base.Reference, manifest, BaseListing.Of(await _base.ReadAsync(manifest, cancellationToken).ConfigureAwait(false), manifest.Descriptor!.Digest));
    }

    private async Task<IReadOnlyList<BuiltLayer?>> MakeLayersAsync(IReadOnlyList<PlatformPlan> plans, CancellationToken cancellationToken)
    {
        // A block more than workers: one is filled while they compress.
        FragmentShelf shelf = new(_cache, Counters, _codec, _workers == 1 ? 1 : Math.Min(_workers, 4) + 1);
        LayerAssembler assembler = new(_cache, shelf, Counters, _codec, _workers);
        // Packages of all architectures give the same fragment on every platform.
        FragmentPlan[] distinct = [.. plans.SelectMany(plan => plan.Fragments).DistinctBy(fragment => fragment.Key)];
        IReadOnlyList<Fragment?> found = await BoundedParallel.SelectAsync(distinct, _workers, shelf.TryFindAsync, cancellationToken).ConfigureAwait(false);
        Dictionary<string, Fragment> known = new(StringComparer.Ordinal);
        for (int i = 0; i < distinct.Length; i++)
        {
            if (found[i] is { } fragment)
            {
                known.Add(distinct[i].Key, fragment);
            }
        }

        int done = known.Count;
        List<BuiltLayer?> layers = new(plans.Count);
        foreach (PlatformPlan plan in plans)
        {
            layers.Add(plan.IsEmpty ? null : await assembler.AssembleAsync(
                plan, known,
                (content, token) => _packages.OpenAsync(plan.Packages[content.Package], plan.Listings[content.Package].Entries[content.Listed], token),
                name => _reporter.Progress(new ProgressUpdate(Activity, name, ++done, distinct.Length)), cancellationToken).ConfigureAwait(false));
        }

        return layers;
    }
}
