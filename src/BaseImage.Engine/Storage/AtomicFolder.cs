using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>Fills a folder beside its place and renames it there.</summary>
internal static class AtomicFolder
{
    /// <summary>Makes a folder, all or nothing.</summary>
    /// <param name="path">A full path; its parent is made when missing.</param>
    /// <param name="fill">Fills the folder whose path it is given; may throw, and then nothing remains.</param>
    /// <param name="replace">True to put the new folder in an existing one's place; false to refuse.</param>
    /// <param name="cancellationToken">Stops it; nothing remains.</param>
    /// <exception cref="PathExistsException">Something is there and <paramref name="replace"/> is false.</exception>
    /// <exception cref="PathNotWritableException">The parent cannot be written.</exception>
    public static async Task WriteAsync(string path, Func<string, CancellationToken, Task> fill, bool replace, CancellationToken cancellationToken)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        string temporary = AtomicFile.TemporaryName(path);
        try
        {
            Refuse(path, replace);
            Guard(path, () => Directory.CreateDirectory(temporary));
            await fill(temporary, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            Refuse(path, replace);
            Guard(path, () => Swap(temporary, path));
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Takes a folder and all in it away, as far as that is possible.</summary>
    internal static void TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As in AtomicFile.TryDelete: the caller has the better error, or does not need the folder gone.
        }
    }

    private static void Refuse(string path, bool replace)
    {
        if (File.Exists(path) || (!replace && Directory.Exists(path)))
        {
            throw new PathExistsException(path);
        }
    }

    // No system swaps two folders in one call: the old one steps aside for a moment and comes back should the rename fail.
    private static void Swap(string temporary, string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.Move(temporary, path);
            return;
        }

        string aside = AtomicFile.TemporaryName(path);
        Directory.Move(path, aside);
        try
        {
            Directory.Move(temporary, path);
        }
        catch
        {
            Directory.Move(aside, path);
            throw;
        }

        TryDelete(aside);
    }

    private static void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }
    }
}
