using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>One writer at a time, over all processes of this machine: an open file that nobody else may open.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Waits for the lock; disposing of the result gives it back, and so does the process's end.</summary>
    /// <exception cref="PathNotWritableException">The lock's file cannot be made.</exception>
    /// <exception cref="ImageStorageException">Another writer has held it for ten minutes.</exception>
    internal static async Task<IDisposable> TakeAsync(string path, CancellationToken cancellationToken)
    {
        DateTime until = DateTime.UtcNow + Patience;
        for (int pause = 10; ; pause = Math.Min(pause * 2, 250))
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException or PathTooLongException)
            {
                throw new PathNotWritableException(path, e);
            }
            catch (IOException e) when (!File.Exists(path))
            {
                throw new PathNotWritableException(path, e);
            }
            catch (IOException e) when (DateTime.UtcNow > until)
            {
                throw new ImageStorageException(path, "is held by another writer", "Wait for the other command to end, or end it.", e);
            }
            catch (IOException)
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A lock for a folder that is not ours to put files into: named after the folder, in our own cache.</summary>
    internal static string PathFor(string folder, BaseImagePaths paths)
        => Path.Combine(paths.CacheRoot, "locks", Digest.Of(System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(folder))).Hex[..32]);
}
