namespace BaseImage.Engine.Storage;

/// <summary>
/// A cache's folder of temporary files: one subfolder a user of the cache, each held by an open, exclusively locked file.
/// A subfolder whose lock is free belonged to a process that died.
/// </summary>
internal sealed class CacheStaging : IDisposable
{
    private const string LockName = "lock";
    private const string UsePrefix = "use-";

    private readonly string _folder;
    private readonly FileStream _lock;

    private CacheStaging(string folder, FileStream held) => (_folder, _lock) = (folder, held);

    /// <summary>Takes a new subfolder and removes those of dead processes.</summary>
    public static CacheStaging Open(string root)
    {
        Directory.CreateDirectory(root);
        RemoveDead(root);
        for (int attempt = 0; ; attempt++)
        {
            string folder = Path.Combine(root, Guid.NewGuid().ToString("N"));
            try
            {
                Directory.CreateDirectory(folder);
                FileStream held = Lock(folder, FileMode.CreateNew);
                if (File.Exists(held.Name))
                {
                    return new CacheStaging(folder, held);
                }

                held.Dispose();
            }
            catch (IOException) when (attempt < 5)
            {
                // Another process took the folder for a dead one's between two calls; or it has removed the lock meanwhile.
            }
        }
    }

    /// <summary>A path for a new temporary file.</summary>
    public string NewPath()
    {
        Directory.CreateDirectory(_folder);
        return Path.Combine(_folder, Guid.NewGuid().ToString("N"));
    }

    /// <summary>A file that says, as long as it is there and this process lives, that a command runs.</summary>
    public string NewUsePath()
    {
        Directory.CreateDirectory(_folder);
        return Path.Combine(_folder, UsePrefix + Guid.NewGuid().ToString("N"));
    }

    /// <summary>The folders of processes that live.</summary>
    /// <param name="root">The folder that <see cref="Open"/> was given; it need not exist.</param>
    public static IEnumerable<string> Live(string root)
        => Directory.Exists(root) ? Directory.EnumerateDirectories(root).Where(IsLive) : [];

    /// <summary>When the oldest command began that runs now in any process; null while none does.</summary>
    public static DateTime? OldestUse(string root)
    {
        DateTime? oldest = null;
        foreach (string folder in Live(root))
        {
            try
            {
                foreach (string use in Directory.EnumerateFiles(folder, UsePrefix + "*"))
                {
                    DateTime started = File.GetLastWriteTimeUtc(use);
                    oldest = oldest is null || started < oldest ? started : oldest;
                }
            }
            catch (DirectoryNotFoundException)
            {
                // Its process has just ended.
            }
        }

        return oldest;
    }

    /// <summary>Removes the subfolder.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        AtomicFolder.TryDelete(_folder);
    }

    private static void RemoveDead(string root)
    {
        foreach (string folder in Directory.EnumerateDirectories(root))
        {
            try
            {
                using FileStream held = Lock(folder, FileMode.Open);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Its owner died between two calls, or is about to make the lock: who makes it first has the folder. One with
                // files in it may be a living process's whose lock was deleted, and only an old one is dead for certain.
                if (!TryTake(folder))
                {
                    continue;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            AtomicFolder.TryDelete(folder);
        }
    }

    private static bool TryTake(string folder)
    {
        try
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any())
            {
                return Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddHours(-1);
            }

            using FileStream held = Lock(folder, FileMode.CreateNew);
            if (!OperatingSystem.IsWindows())
            {
                AtomicFolder.TryDelete(folder);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsLive(string folder)
    {
        try
        {
            using FileStream held = Lock(folder, FileMode.Open);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static FileStream Lock(string folder, FileMode mode)
        => new(Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None, 1);
}
