using System.Runtime.CompilerServices;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Building.ContainerBuild.Normalising;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>Builds Dockerfiles through a container engine, and writes what comes of it to its destinations.</summary>
/// <param name="engines">The way to the engine.</param>
/// <param name="settings">Reads settings files.</param>
/// <param name="destinations">Reads a destination's name; empty for the store.</param>
/// <param name="sources">Opens a place where bases lie; empty for the store.</param>
/// <param name="trust">Verifies bases.</param>
/// <param name="time">The clock that runs are labelled by.</param>
internal sealed class DockerfileBuilder(EngineImages engines, DockerfileSettingsReader settings, Func<string, IImageDestination> destinations, Func<string, CancellationToken, Task<IImageSource>> sources, BaseTrust trust, TimeProvider time) : IBuildDockerfile
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ReadStagesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Dockerfile file = await DockerfileReader.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        foreach (string name in file.Stages.Select(stage => stage.Name).OfType<string>())
        {
            yield return name;
        }
    }

    /// <inheritdoc/>
    public async Task<ContainerImage> BuildAsync(DockerfileBuildRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        // What can be told without an engine is told first.
        BuildInputs inputs = await BuildInputs.ReadAsync(request, settings, cancellationToken).ConfigureAwait(false);
        IImageDestination[] places = (request.Destinations.Count == 0 ? [""] : request.Destinations).Select(destinations).ToArray();
        foreach (string warning in inputs.Arguments.Warnings)
        {
            reporter.Warning(warning);
        }

        DockerEngine engine = await engines.MeetAsync(cancellationToken).ConfigureAwait(false);
        Platform platform = request.Platform ?? inputs.Settings.Platform ?? engine.Info.Platform;
        if (platform.Os != engine.Info.Platform.Os || platform.Os != "linux")
        {
            throw new EnginePlatformException(engine.Host, $"{engine.Info.Platform.Os} containers", $"Dockerfiles are built for {platform} here", "Name an engine of Linux containers with -DockerHost or -DockerContext; Dockerfiles of Windows are not built yet.");
        }

        foreach (IImageDestination place in places)
        {
            await place.CheckAsync([platform], cancellationToken).ConfigureAwait(false);
        }

        ContentCache cache = engines.Cache;
        using IDisposable use = cache.BeginUse();
        Codec codec = request.Compression is LayerCompression.Zstd ? Codec.Zstd : Codec.Gzip;
        await using BaseBlobs bases = new(cache, codec);
        DockerfileBuild build = new(inputs, engine, cache, platform, trust, reporter, time);
        BuiltImage image = await build.RunAsync(bases, codec, sources, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> tags = request.Tags.Count == 0 ? ["latest"] : request.Tags;
        ImageReference? first = null;
        foreach (IImageDestination place in places)
        {
            ImageReference written = await place.WriteAsync(image, tags, cancellationToken).ConfigureAwait(false);
            reporter.Verbose($"{image.Name}: written to {written}.");
            first ??= written;
        }

        return Describe(image, first!, places[0].Reference, tags) with { Policy = inputs.Settings.Policy };
    }

    private static ContainerImage Describe(BuiltImage image, ImageReference written, ImageReference asked, IReadOnlyList<string> tags)
    {
        BuiltManifest manifest = image.Manifests[0];
        OciConfig config = OciReader.Config(manifest.Config.Bytes, "the image's config");
        ImageManifest described = new()
        {
            Platform = manifest.Platform,
            Digest = manifest.Manifest.Digest,
            ImageId = manifest.Config.Digest,
            MediaType = manifest.Manifest.MediaType,
            Size = manifest.Config.Bytes.Length + manifest.Layers.Sum(layer => layer.Descriptor.Size),
            Created = config.Created,
            Layers = [.. manifest.Layers.Select(layer => new ImageLayer(layer.Descriptor.Digest, layer.DiffId, layer.Descriptor.Size, layer.Descriptor.MediaType))],
            Config = config.Config,
            History = config.History,
        };
        return new ContainerImage
        {
            Name = image.Name,
            Tags = asked.Tag.Length > 0 ? [asked.Tag] : tags,
            Reference = written.ToString(),
            Digest = described.Digest,
            ImageId = described.ImageId,
            MediaType = described.MediaType,
            Platforms = [described.Platform],
            Manifests = [described],
            Size = manifest.Config.Bytes.Length + manifest.Layers.Select(layer => layer.Descriptor).DistinctBy(descriptor => descriptor.Digest).Sum(descriptor => descriptor.Size),
            Created = config.Created,
            Layers = described.Layers,
            Config = config.Config,
            Source = asked.ToString(),
        };
    }
}
