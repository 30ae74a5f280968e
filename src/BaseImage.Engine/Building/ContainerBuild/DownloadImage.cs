using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>
/// Downloads as an image of the engine's: one layer of <c>/NUMBER/NAME</c>, mode 0600 as an ADD gives it, labelled with the
/// run, so that no file of the context has to stand for them.
/// </summary>
internal static class DownloadImage
{
    /// <summary>The path of a file in it.</summary>
    public static string PathOf(int number, RemoteFile file) => $"/{number.ToString(System.Globalization.CultureInfo.InvariantCulture)}/{file.FileName}";

    /// <summary>Loads it.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="cache">Where the files lie.</param>
    /// <param name="files">The files, numbered by their place.</param>
    /// <param name="platform">What the image says it is for.</param>
    /// <param name="labels">The run's labels.</param>
    /// <param name="epoch">When everything last changed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its id.</returns>
    public static async Task<Digest> LoadAsync(IContainerEngine engine, ContentCache cache, IReadOnlyList<(RemoteFile File, LockedDownload Download)> files, Platform platform, IReadOnlyDictionary<string, string> labels, long epoch, CancellationToken cancellationToken)
    {
        BuiltLayer layer = await Normalising.CachedLayers.WriteAsync(cache, Codec.Zstd, "downloads", async (target, token) =>
        {
            TarWriter tar = new(target);
            for (int i = 0; i < files.Count; i++)
            {
                (RemoteFile file, LockedDownload download) = files[i];
                Stream content = await cache.TryOpenAsync(download.Sha256, token).ConfigureAwait(false) ?? throw new CacheChangedException(cache.Root);
                await using (content.ConfigureAwait(false))
                {
                    string path = PathOf(i, file)[1..];
                    tar.Write(LayerEntry.Directory(path[..path.IndexOf('/', StringComparison.Ordinal)], modifiedTime: epoch));
                    await Task.Run(() => tar.Write(LayerEntry.File(path, download.Size, mode: 0x180, modifiedTime: epoch), content), token).ConfigureAwait(false);
                }
            }

            tar.WriteEnd();
        }, cancellationToken).ConfigureAwait(false);
        BuiltDocument config = OciDocuments.Config(new OciConfig
        {
            Platform = platform,
            Config = new ImageConfig { Labels = new SortedDictionary<string, string>(labels.ToDictionary(), StringComparer.Ordinal) },
            DiffIds = [layer.DiffId],
        });
        BuiltImage image = new()
        {
            Name = "downloads",
            Manifests = [new BuiltManifest { Platform = platform, Config = config, Manifest = OciDocuments.Manifest(config.Descriptor, [layer.Descriptor]), Layers = [layer] }],
        };
        string path = cache.NewTemporaryPath();
        try
        {
            await ArchiveWriting.WriteDockerAsync(path, image, [], cancellationToken).ConfigureAwait(false);
            FileStream archive = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
            await using (archive.ConfigureAwait(false))
            {
                await engine.Images.LoadAsync(archive, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            AtomicFile.TryDelete(path);
        }

        EngineImage? found = await engine.Images.InspectAsync(config.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        return found?.Config.DiffIds.SequenceEqual([layer.DiffId]) is true ? found.Id : throw new EngineLoadMismatchException(engine.Host, config.Digest.ToString(), "no such image");
    }
}
