namespace BaseImage.Engine.Storage;

/// <summary>
/// Finds what processes that died have left half-written beside the files they were writing. A living writer holds its
/// temporary file locked until it has its final name, so that a lock that is free is a dead one's.
/// </summary>
internal static class StaleFiles
{
    private const int NameSuffix = 37; // ".", 32 hexadecimal digits, ".tmp"

    /// <summary>Removes the temporary files of dead writers in a folder.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <param name="name">The file that they were to become; null for any.</param>
    public static void Sweep(string folder, string? name = null)
    {
        try
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(folder, ".*.tmp"))
            {
                if (IsTemporary(Path.GetFileName(path), name) && File.Exists(path))
                {
                    RemoveIfDead(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tidying up is never a reason for not writing.
        }
    }

    /// <summary>Removes half-filled folders. Their writers hold the folder's <see cref="FolderLock"/>, which the caller must hold.</summary>
    /// <param name="folder">The folder that they were to become.</param>
    public static void SweepFolders(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(folder);
        try
        {
            foreach (string path in Directory.EnumerateDirectories(Path.GetDirectoryName(folder) ?? folder, ".*.tmp").Where(path => IsTemporary(Path.GetFileName(path), Path.GetFileName(folder))))
            {
                AtomicFolder.TryDelete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }

    private static bool IsTemporary(string found, string? name)
        => found.Length > NameSuffix + 1 && found[0] == '.' && found[^NameSuffix] == '.'
            && found[^(NameSuffix - 1)..^4].All(char.IsAsciiHexDigitLower)
            && (name is null || found.AsSpan(1, found.Length - NameSuffix - 1).SequenceEqual(name));

    private static void RemoveIfDead(string path)
    {
        try
        {
            // Windows cannot rename an open file: there a writer lets go of it for a moment.
            if (OperatingSystem.IsWindows() && File.GetLastWriteTimeUtc(path) > DateTime.UtcNow.AddMinutes(-1))
            {
                return;
            }

            using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1))
            {
                if (!OperatingSystem.IsWindows())
                {
                    // While it is locked, so that a writer that has just made it sees that it is gone.
                    File.Delete(path);
                    return;
                }
            }

            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody is writing it, or it is not ours.
        }
    }
}
