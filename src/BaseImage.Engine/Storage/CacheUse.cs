namespace BaseImage.Engine.Storage;

/// <summary>
/// A command's use of the cache, seen by other processes as a file of their neighbour's temporary folder. What was used
/// since it began is told by the access time of the entries, which is set here and does not depend on how the disk is mounted.
/// </summary>
internal sealed class CacheUse : IDisposable
{
    private static readonly TimeSpan Coarse = TimeSpan.FromMinutes(1);
    private readonly string _path;

    /// <summary>Begins.</summary>
    internal CacheUse(CacheStaging staging)
    {
        _path = staging.NewUsePath();
        File.WriteAllBytes(_path, []);
        Started = File.GetLastWriteTimeUtc(_path);
    }

    /// <summary>When it began, by the disk's clock.</summary>
    internal DateTime Started { get; }

    /// <inheritdoc/>
    public void Dispose() => AtomicFile.TryDelete(_path);

    /// <summary>Notes that an entry is used now, where the last note is older than the running command or than a minute.</summary>
    /// <param name="entry">The entry, open.</param>
    /// <param name="newestUse">When the newest command of this process began.</param>
    internal static void Note(FileStream entry, DateTime newestUse)
    {
        try
        {
            DateTime now = DateTime.UtcNow, last = File.GetLastAccessTimeUtc(entry.SafeFileHandle);
            if (last <= newestUse || now - last > Coarse)
            {
                File.SetLastAccessTimeUtc(entry.SafeFileHandle, now);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that this account may only read: who may write it decides what goes.
        }
    }
}
