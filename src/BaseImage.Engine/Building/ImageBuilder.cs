using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building;

/// <summary>Builds images from definitions and their locks, and writes them to their destinations.</summary>
internal sealed class ImageBuilder : IBuildImage
{
    private const int Attempts = 4;

    private readonly Func<ContentCache> _cache;
    private readonly Func<BuildRequest, ContentCache, IReporter, IPackageSource> _packages;
    private readonly Func<string, IImageDestination> _destinations;
    private readonly Func<ImageReference, CancellationToken, Task<IImageSource>> _bases;
    private readonly BaseTrust _trust;

    /// <summary>Makes a builder.</summary>
    /// <param name="cache">Opens the cache, where fragments are kept; not disposed of here.</param>
    /// <param name="packages">Where the packages of a request come from.</param>
    /// <param name="destinations">Reads a destination's name; empty for the store.</param>
    /// <param name="bases">Opens the images that are built on.</param>
    /// <param name="trust">Verifies them.</param>
    public ImageBuilder(
        Func<ContentCache> cache, Func<BuildRequest, ContentCache, IReporter, IPackageSource> packages, Func<string, IImageDestination> destinations,
        Func<ImageReference, CancellationToken, Task<IImageSource>> bases, BaseTrust trust)
        => (_cache, _packages, _destinations, _bases, _trust) = (cache, packages, destinations, bases, trust);

    /// <inheritdoc/>
    public async Task<ContainerImage> BuildAsync(BuildRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        Check(request);
        // All are read before anything is built: a misspelt one must not cost a build.
        IImageDestination[] destinations = (request.Destinations.Count == 0 ? [""] : request.Destinations).Select(_destinations).ToArray();
        CheckPlatforms(request, destinations);
        foreach (IImageDestination destination in destinations)
        {
            await destination.CheckAsync([.. request.Platforms.Count > 0 ? request.Platforms : request.Lock.Platforms.Select(locked => locked.Platform)], cancellationToken).ConfigureAwait(false);
        }

        if (request.Definition.BaseImage is { } below)
        {
            await _trust.VerifyAsync(below, request.Trust, reporter, cancellationToken).ConfigureAwait(false);
        }

        ContentCache cache = _cache();
        using IDisposable use = cache.BeginUse();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await BuildAsync(request, cache, destinations, reporter, cancellationToken).ConfigureAwait(false);
            }
            catch (CacheChangedException) when (attempt < Attempts)
            {
                // Somebody cleared the cache under this build: what is missing is made again, the rest is found.
                reporter.Verbose($"{request.Definition.Name}: the cache was cleared meanwhile; building again.");
            }
        }
    }

    private async Task<ContainerImage> BuildAsync(BuildRequest request, ContentCache cache, IImageDestination[] destinations, IReporter reporter, CancellationToken cancellationToken)
    {
        await using OpenedBase? below = request.Definition.BaseImage is { } reference ? await OpenedBase.OpenAsync(reference, _bases, cancellationToken).ConfigureAwait(false) : null;
        using NativeBuild build = new(request, cache, _packages(request, cache, reporter), reporter, below);
        BuiltImage image = await build.RunAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> tags = request.Tags.Count == 0 ? ["latest"] : request.Tags;
        ImageReference? first = null;
        foreach (IImageDestination destination in destinations)
        {
            ImageReference written = await destination.WriteAsync(image, tags, cancellationToken).ConfigureAwait(false);
            reporter.Verbose($"{image.Name}: written to {written}.");
            first ??= written;
        }

        return BuiltImageReport.Describe(image, first!, destinations[0].Reference, tags);
    }

    private static void CheckPlatforms(BuildRequest request, IImageDestination[] destinations)
    {
        string[] platforms = (request.Platforms.Count > 0 ? request.Platforms : request.Lock.Platforms.Select(locked => locked.Platform)).Select(p => p.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        if (platforms.Length > 1 && Array.Find(destinations, d => d.Reference.Transport == ImageTransport.DockerArchive) is { } archive)
        {
            throw new SinglePlatformDestinationException(archive.Reference.ToString(), platforms);
        }
    }

    private static void Check(BuildRequest request)
    {
        if (!request.Lock.DefinitionDigest.IsEmpty && request.Lock.DefinitionDigest != request.Definition.ModelDigest)
        {
            throw new LockOutdatedException(request.Lock.Path.Length > 0 ? request.Lock.Path : request.Lock.Name, request.Definition.Path);
        }
    }
}
