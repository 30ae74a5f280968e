using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Saves what a lock names as a folder of mirrors, one subfolder an archive: <c>ID/dists/SUITE/…</c> with the signed
/// indexes and <c>ID/pool/…</c> with the packages. What is already there and sound is not fetched again.
/// </summary>
/// <param name="dataFiles">Reads the settings that name mirrors; null for none.</param>
/// <param name="paths">Where the cache is.</param>
internal sealed class PackageSaver(IReadDataFile? dataFiles, Func<BaseImagePaths> paths) : ISavePackages
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<string> SaveAsync(ImageLock imageLock, string folder, ArchiveAccess access, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using ContentCache cache = ContentCache.Open(paths().CacheRoot);
        using IDisposable use = cache.BeginUse();
        using ArchiveClient client = ArchiveClient.Create(access, dataFiles, cache, imageLock.SnapshotTime, reporter);
        folder = Path.GetFullPath(folder);

        List<(ArchiveSource Archive, ArchiveFile File)> packages = [.. imageLock.Platforms.SelectMany(p => p.Packages)
            .DistinctBy(p => (p.Archive, p.Path))
            .Select(p => (LockedArchives.SourceOf(imageLock, p.Archive), LockedArchives.FileOf(p)))];
        List<(ArchiveSource Archive, ArchiveFile File)> missing = [];
        foreach ((ArchiveSource archive, ArchiveFile file) in packages)
        {
            if (!await IsThereAsync(TargetOf(folder, archive.Id, file.Path), file, cancellationToken).ConfigureAwait(false))
            {
                missing.Add((archive, file));
            }
        }

        await client.FetchAllAsync(missing, "Downloading packages", 0, cancellationToken).ConfigureAwait(false);
        foreach ((ArchiveSource archive, ArchiveFile file) in packages)
        {
            yield return await SaveFileAsync(client, folder, archive, file, cancellationToken).ConfigureAwait(false);
        }

        // The packages first, the signed file last: a folder that has a suite's Release file has all that it promises.
        foreach (LockedIndex index in imageLock.Indexes.GroupBy(i => (i.Archive, i.Suite)).Select(g => g.MaxBy(i => i.Date)!))
        {
            foreach (string path in await SaveIndexAsync(client, folder, imageLock, index, reporter, cancellationToken).ConfigureAwait(false))
            {
                yield return path;
            }
        }
    }

    private static async Task<IReadOnlyList<string>> SaveIndexAsync(
        ArchiveClient client, string folder, ImageLock imageLock, LockedIndex index, IReporter reporter, CancellationToken cancellationToken)
    {
        List<string> written = [];
        IReadOnlyDictionary<string, byte[]>? signed = await LockFiles.FindAsync(imageLock, index, cancellationToken).ConfigureAwait(false);
        if (signed is null)
        {
            throw new LockFilesMissingException(imageLock.Path, imageLock.IndexFolder, index.Archive, index.Suite);
        }

        ArchiveSource archive = LockedArchives.SourceOf(imageLock, index.Archive);
        foreach (LockedPackageIndex packages in index.PackageIndexes)
        {
            try
            {
                written.Add(await SaveFileAsync(client, folder, archive, LockedArchives.FileOf(index, packages), cancellationToken).ConfigureAwait(false));
            }
            catch (BaseImageException e) when (e is ArchiveFileNotFoundException or OfflineUnavailableException or ArchiveFileMismatchException)
            {
                reporter.Warning($"The package index {packages.Path} of {index.Archive} {index.Suite} is no longer served: images can be built from the folder, but nothing can be locked against it. {e.Message}");
            }
        }

        foreach ((string name, byte[] content) in signed.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            string path = TargetOf(folder, index.Archive, name.EndsWith(".gpg", StringComparison.Ordinal) ? index.Path + ".gpg" : index.Path);
            await AtomicFile.WriteAsync(path, content, cancellationToken).ConfigureAwait(false);
            written.Add(path);
        }

        return written;
    }

    private static async Task<string> SaveFileAsync(ArchiveClient client, string folder, ArchiveSource archive, ArchiveFile file, CancellationToken cancellationToken)
    {
        string path = TargetOf(folder, archive.Id, file.Path);
        if (!await IsThereAsync(path, file, cancellationToken).ConfigureAwait(false))
        {
            Stream content = await client.OpenAsync(archive, file, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                await AtomicFile.WriteAsync(path, (stream, token) => content.CopyToAsync(stream, 1 << 16, token), cancellationToken).ConfigureAwait(false);
            }
        }

        return path;
    }

    private static string TargetOf(string folder, string archive, string path)
        => Path.Combine([folder, archive, .. path.Split('/')]);

    private static async Task<bool> IsThereAsync(string path, ArchiveFile file, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != file.Size)
        {
            return false;
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            return Digest.FromSha256(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)) == file.Sha256;
        }
    }
}
