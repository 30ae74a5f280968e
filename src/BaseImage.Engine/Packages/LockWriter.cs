using BaseImage.Engine.Definitions;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Writes a lock and its signed files. The new files first come in under names that tell their content, then the lock
/// takes its place, then the files take theirs: at every moment the lock that is there finds its own.
/// </summary>
internal sealed class LockWriter : IWriteLock
{
    /// <inheritdoc/>
    public async Task<ImageLock> WriteAsync(LockPlan plan, string path, CancellationToken cancellationToken)
    {
        ImageLock written = plan.Lock with { Path = Path.GetFullPath(path) };
        string folder = written.IndexFolder;
        using IDisposable held = await FolderLock.TakeAsync(FolderLock.PathFor(folder, BaseImagePaths.FromEnvironment()), cancellationToken).ConfigureAwait(false);
        StaleFiles.Sweep(folder);
        bool existed = Directory.Exists(folder);
        List<(string Staged, string Final)> staged = [];
        try
        {
            foreach ((string name, byte[] content) in plan.IndexFiles)
            {
                string final = Path.Combine(folder, name), beside = Path.Combine(folder, Staged(plan.Lock, name));
                await AtomicFile.WriteAsync(beside, content, cancellationToken).ConfigureAwait(false);
                if (beside != final)
                {
                    staged.Add((beside, final));
                }
            }

            await AtomicFile.WriteAsync(written.Path, LockFormat.Write(written), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            staged.ForEach(s => AtomicFile.TryDelete(s.Staged));
            if (!existed)
            {
                AtomicFolder.TryDelete(folder);
            }

            throw;
        }

        staged.ForEach(s => File.Move(s.Staged, s.Final, overwrite: true));
        if (Directory.Exists(folder))
        {
            foreach (string file in Directory.EnumerateFiles(folder).Where(f => LockFiles.IsSignedFile(Path.GetFileName(f)) && !plan.IndexFiles.ContainsKey(Path.GetFileName(f))))
            {
                AtomicFile.TryDelete(file);
            }
        }

        return written;
    }

    private static string Staged(ImageLock imageLock, string name)
        => imageLock.Indexes.FirstOrDefault(i => LockFiles.NamesOf(i).Contains(name, StringComparer.Ordinal)) is { } index
            && imageLock.Indexes.Where(i => i.Archive == index.Archive && i.Suite == index.Suite).MaxBy(i => i.Date) is { } newest
            ? LockFiles.Dated(name, newest)
            : name;
}
