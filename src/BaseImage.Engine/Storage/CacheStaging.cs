namespace BaseImage.Engine.Storage;

/// <summary>
/// A cache's folder of temporary files: one subfolder a user of the cache, each held by an open, exclusively locked file.
/// A subfolder whose lock is free belonged to a process that died.
/// </summary>
internal sealed class CacheStaging : IDisposable
{
    private const string LockName = "lock";

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
                return new CacheStaging(folder, Lock(folder, FileMode.CreateNew));
            }
            catch (IOException) when (attempt < 5)
            {
                // Another process took the folder for a dead one's between the two calls.
            }
        }
    }

    /// <summary>A path for a new temporary file.</summary>
    public string NewPath()
    {
        Directory.CreateDirectory(_folder);
        return Path.Combine(_folder, Guid.NewGuid().ToString("N"));
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
                // Made a moment ago, or its owner died between two calls: only an old one is dead for certain.
                if (Directory.GetLastWriteTimeUtc(folder) > DateTime.UtcNow.AddHours(-1))
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

    private static FileStream Lock(string folder, FileMode mode)
        => new(Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None, 1);
}
