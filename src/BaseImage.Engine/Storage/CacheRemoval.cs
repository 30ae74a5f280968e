namespace BaseImage.Engine.Storage;

/// <summary>
/// Removes a thing from the cache while others may use it: what a running command has used stays, and what one begins to
/// use at this very moment is put back. A command that meets the gap makes or fetches the thing again.
/// </summary>
internal static class CacheRemoval
{
    /// <summary>Removes it and its companions; false where it is in use.</summary>
    public static bool Remove(string root, CacheItem item)
    {
        string path = item.Entry.Path;
        bool held = item.Entry.Kind switch
        {
            CacheEntryKind.Temporary => File.Exists(path) && CacheStaging.Live(Path.Combine(root, "tmp")).Contains(Path.GetDirectoryName(path), StringComparer.Ordinal),
            CacheEntryKind.PartialDownload => IsHeld(path),
            _ => false,
        };
        if (held || (item.Entry.Kind is not (CacheEntryKind.Temporary or CacheEntryKind.PartialDownload) && !RemoveUnused(root, path)))
        {
            return false;
        }

        Delete(path);
        foreach (string companion in item.Companions)
        {
            Delete(companion);
        }

        return true;
    }

    /// <summary>True while a process has a file open that it shares with nobody.</summary>
    internal static bool IsHeld(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
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

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Its process has ended and taken its folder away.
        }
    }

    private static bool RemoveUnused(string root, string path)
    {
        try
        {
            DateTime used = File.GetLastAccessTimeUtc(path);
            if (used >= CacheStaging.OldestUse(Path.Combine(root, "tmp")))
            {
                return false;
            }

            using CacheStaging staging = CacheStaging.Open(Path.Combine(root, "tmp"));
            string aside = staging.NewPath();
            File.Move(path, aside);
            if (File.GetLastAccessTimeUtc(aside) > used && CacheStaging.OldestUse(Path.Combine(root, "tmp")) is not null)
            {
                File.Move(aside, path, overwrite: true);
                return false;
            }

            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }
}
