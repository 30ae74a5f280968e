using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// Loads images into an engine: without names first, so that what it holds can be checked against what was sent, and then
/// with all of its names or none.
/// </summary>
internal sealed class EngineDestination(EngineImages engines, ImageReference reference) : IImageDestination
{
    /// <inheritdoc/>
    public ImageReference Reference => reference;

    /// <inheritdoc/>
    public async Task CheckAsync(IReadOnlyList<Platform> platforms, CancellationToken cancellationToken)
        => Choose(await engines.MeetAsync(cancellationToken).ConfigureAwait(false), platforms);

    /// <inheritdoc/>
    public async Task<ImageReference> WriteAsync(BuiltImage image, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        DockerEngine engine = await engines.MeetAsync(cancellationToken).ConfigureAwait(false);
        Platform platform = Choose(engine, [.. image.Manifests.Select(manifest => manifest.Platform)]);
        BuiltManifest manifest = image.Manifests.First(candidate => candidate.Platform == platform);
        string[] names = ImageDestinations.DockerNames(reference, image, tags);

        Digest id = await FindAsync(engine, manifest, [], cancellationToken).ConfigureAwait(false) ?? await LoadAsync(engine, image, manifest, cancellationToken).ConfigureAwait(false);
        await TagAsync(engine, id, names, cancellationToken).ConfigureAwait(false);
        return ImageReference.Parse(EngineNames.Pin(ImageReference.Parse("docker-daemon:" + names[0]).Name, id));
    }

    // An image of one platform goes to whoever is asked to take it; of several, the engine's own.
    private static Platform Choose(DockerEngine engine, IReadOnlyList<Platform> platforms)
    {
        Platform own = engine.Info.Platform;
        if (platforms.All(platform => platform.Os != own.Os))
        {
            throw new EnginePlatformException(engine.Host, $"{own.Os} containers", $"the image is for {string.Join(", ", platforms)}",
                own.Os == "windows" ? "Switch Docker Desktop to Linux containers, or name a Linux engine with -DockerHost or -DockerContext." : "Name an engine of the image's operating system with -DockerHost or -DockerContext.");
        }

        return platforms.FirstOrDefault(platform => platform == own)
            ?? platforms.FirstOrDefault(platform => platform.Os == own.Os && platform.Architecture == own.Architecture)
            ?? (platforms.Count == 1 ? platforms[0]
                : throw new EnginePlatformException(engine.Host, $"{own}", $"the image has {string.Join(", ", platforms)} alone", $"Build {own} too, or choose one platform with -Platform to load it all the same."));
    }

    private async Task<Digest> LoadAsync(DockerEngine engine, BuiltImage image, BuiltManifest manifest, CancellationToken cancellationToken)
    {
        HashSet<Digest> before = [.. (await engine.Images.ListAsync(cancellationToken).ConfigureAwait(false)).Select(row => row.Id)];
        string path = engines.Cache.NewTemporaryPath();
        IReadOnlyList<Digest> loaded = [];
        try
        {
            BuiltImage one = image with { Manifests = [manifest], Index = null };
            await (engine.Info.HasContainerdStore ? ArchiveWriting.WriteOciAsync(path, one, [], cancellationToken) : ArchiveWriting.WriteDockerAsync(path, one, [], cancellationToken)).ConfigureAwait(false);
            FileStream archive = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
            await using (archive.ConfigureAwait(false))
            {
                loaded = await engine.Images.LoadAsync(archive, cancellationToken).ConfigureAwait(false);
            }

            return await FindAsync(engine, manifest, loaded, cancellationToken).ConfigureAwait(false) ?? throw new EngineLoadMismatchException(
                engine.Host, manifest.Config.Digest.ToString(), loaded.Count == 0 ? "no new image" : string.Join(", ", loaded));
        }
        catch
        {
            await RemoveAsync(engine, loaded.Append(manifest.Config.Digest).Where(id => !before.Contains(id))).ConfigureAwait(false);
            throw;
        }
        finally
        {
            AtomicFile.TryDelete(path);
        }
    }

    // The engine has the image when it knows it by the config's digest; containerd's store by the manifest's, or by one
    // of its own making, and then the layers have to be the image's.
    private static async Task<Digest?> FindAsync(DockerEngine engine, BuiltManifest manifest, IReadOnlyList<Digest> loaded, CancellationToken cancellationToken)
    {
        Digest[] ids = engine.Info.HasContainerdStore ? [manifest.Manifest.Digest, manifest.Config.Digest, .. loaded] : [manifest.Config.Digest];
        foreach (Digest id in ids)
        {
            EngineImage? found = await engine.Images.InspectAsync(id.ToString(), cancellationToken).ConfigureAwait(false);
            if (found?.Id == id && found.Config.DiffIds.SequenceEqual(manifest.Layers.Select(layer => layer.DiffId)))
            {
                return id;
            }
        }

        return null;
    }

    private static async Task TagAsync(DockerEngine engine, Digest id, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        List<(ImageReference Name, Digest? Before)> done = [];
        try
        {
            foreach (string text in names)
            {
                ImageReference name = ImageReference.Parse("docker-daemon:" + text);
                Digest? before = (await engine.Images.InspectAsync(text, cancellationToken).ConfigureAwait(false))?.Id;
                done.Add((name, before));
                if (before != id)
                {
                    await engine.Images.TagAsync(id.ToString(), name.Name, name.Tag, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            foreach ((ImageReference name, Digest? before) in done.Where(entry => entry.Before != id))
            {
                await QuietlyAsync(before is { } old
                    ? engine.Images.TagAsync(old.ToString(), name.Name, name.Tag, CancellationToken.None)
                    : engine.Images.RemoveAsync($"{name.Name}:{name.Tag}", CancellationToken.None)).ConfigureAwait(false);
            }

            throw;
        }
    }

    private static async Task RemoveAsync(DockerEngine engine, IEnumerable<Digest> ids)
    {
        foreach (Digest id in ids.Distinct())
        {
            await QuietlyAsync(engine.Images.RemoveAsync(id.ToString(), CancellationToken.None)).ConfigureAwait(false);
        }
    }

    // Whoever tidies up is leaving with a better error already.
    private static async Task QuietlyAsync(Task work)
    {
        try
        {
            await work.WaitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BaseImageException or TimeoutException or OperationCanceledException)
        {
        }
    }
}
