using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// What an engine has exported, in a temporary file of the cache that goes with its last user; what a killed process
/// leaves, the next one that opens the cache takes away.
/// </summary>
internal sealed class EngineExport : IDisposable
{
    // Tars have heads and padding that an engine's count of bytes lacks; a stream without end is still met.
    private const long Allowance = 4L << 30;

    private readonly Spool _spool;
    private int _disposed;

    private EngineExport(Spool spool)
    {
        _spool = spool;
        Interlocked.Increment(ref spool.Users);
    }

    /// <summary>The images that are in it.</summary>
    internal IReadOnlySet<Digest> Ids => _spool.Ids;

    /// <summary>Has images exported.</summary>
    internal static async Task<EngineExport> MakeAsync(DockerEngine engine, IReadOnlyList<EngineImage> images, ContentCache cache, CancellationToken cancellationToken)
    {
        string path = cache.NewTemporaryPath();
        try
        {
            string what = images.Count == 1 ? "export the image " + images[0].Id : $"export {images.Count} images";
            long most = checked(Math.Min(images.Sum(image => Math.Min(image.Size, 1L << 45)), 1L << 50) * 4) + Allowance;
            Stream archive = await engine.Images.ExportAsync([.. images.Select(image => image.Id.ToString())], cancellationToken).ConfigureAwait(false);
            await using (archive.ConfigureAwait(false))
            {
                await CopyAsync(engine, archive, path, most, what, cancellationToken).ConfigureAwait(false);
            }

            ArchiveFile file = await OpenAsync(engine, path, cancellationToken).ConfigureAwait(false);
            return new EngineExport(new Spool(path, file, images.Select(image => image.Id).ToHashSet()));
        }
        catch
        {
            AtomicFile.TryDelete(path);
            throw;
        }
    }

    /// <summary>Another user's hold of the same file.</summary>
    internal EngineExport Share() => new(_spool);

    /// <summary>The image, its config checked against its id, its layers to be checked against the config as they are read.</summary>
    internal async Task<SourceImage> ReadAsync(DockerEngine engine, EngineImage image, CancellationToken cancellationToken)
    {
        // With containerd's store the id is a manifest's, which an archive of this form does not have.
        bool byId = !engine.Info.HasContainerdStore;
        if (await _spool.AllAsync(cancellationToken).ConfigureAwait(false) is { } all
            && all.FirstOrDefault(candidate => (!byId || candidate.Root.Digest == image.Id) && candidate.Manifests[0].Config.DiffIds.SequenceEqual(image.Config.DiffIds)) is { } known)
        {
            return known;
        }

        DockerArchiveSource source = new(_spool.File, ImageReference.DockerArchive(_spool.Path, digest: byId ? image.Id : default));
        IReadOnlyList<SourceImage> found;
        try
        {
            found = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ImageNotFoundException e)
        {
            throw new EngineAnswerInvalidException(engine.Host, $"asked for the image {image.Id}, it exports another", e);
        }

        return found.FirstOrDefault(candidate => candidate.Manifests[0].Config.DiffIds.SequenceEqual(image.Config.DiffIds))
            ?? throw new EngineAnswerInvalidException(engine.Host, $"the image {image.Id} that it exports has other layers than it told of");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && Interlocked.Decrement(ref _spool.Users) == 0)
        {
            AtomicFile.TryDelete(_spool.Path);
            _spool.Dispose();
        }
    }

    private static async Task<ArchiveFile> OpenAsync(DockerEngine engine, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ArchiveFile.OpenAsync(path, cancellationToken, $"the export of {engine.Host}").ConfigureAwait(false);
        }
        catch (BaseImageException e) when (e is TarInvalidException or TarHostileException or CompressedDataInvalidException or ImageStorageException)
        {
            throw new EngineAnswerInvalidException(engine.Host, $"what it exports is no archive ({e.Message})", e);
        }
    }

    private static async Task CopyAsync(DockerEngine engine, Stream archive, string path, long most, string what, CancellationToken cancellationToken)
    {
        FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            byte[] buffer = new byte[1 << 17];
            for (long sum = 0; ;)
            {
                int read;
                try
                {
                    read = await archive.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (engine.Connection.Translate(e, what, cancellationToken) is { } failure)
                {
                    throw failure;
                }

                if (read == 0)
                {
                    return;
                }

                if ((sum += read) > most)
                {
                    throw new EngineAnswerInvalidException(engine.Host, $"asked to {what}, it sends more than {most >> 20} MiB");
                }

                try
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }
                catch (IOException e)
                {
                    throw new PathNotWritableException(path, e);
                }
            }
        }
    }

    private sealed class Spool(string path, ArchiveFile file, IReadOnlySet<Digest> ids) : IDisposable
    {
        internal int Users;

        internal string Path => path;

        internal ArchiveFile File => file;

        internal IReadOnlySet<Digest> Ids => ids;

        public void Dispose() => _gate.Dispose();

        private readonly SemaphoreSlim _gate = new(1, 1);
        private IReadOnlyList<SourceImage>? _all;
        private bool _read;

        // Each image's documents once, not once for each of the images; null where one of them cannot be read, which is
        // then told where its own turn comes.
        internal async Task<IReadOnlyList<SourceImage>?> AllAsync(CancellationToken cancellationToken)
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (!_read)
                {
                    _all = await new DockerArchiveSource(file, ImageReference.DockerArchive(path)).ReadAsync(cancellationToken).ConfigureAwait(false);
                    _read = true;
                }
            }
            catch (BaseImageException)
            {
                _read = true;
            }
            finally
            {
                _gate.Release();
            }

            return _all;
        }
    }
}
