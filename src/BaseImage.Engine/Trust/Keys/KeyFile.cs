using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>Reads files of keys, certificates and revocation lists whole, within a limit.</summary>
internal static class KeyFile
{
    private const int MaxBytes = 4 << 20;

    /// <summary>A file's bytes.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="PathNotFoundException">There is none.</exception>
    /// <exception cref="KeyInvalidException">It cannot be read, or is larger.</exception>
    internal static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken, int limit = MaxBytes)
    {
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                // Pipes and devices have no length to trust; what is read is what counts.
                using MemoryStream content = new();
                byte[] buffer = new byte[1 << 14];
                for (int read; (read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                {
                    await content.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    if (content.Length > limit)
                    {
                        throw new KeyInvalidException(path, "is far larger than keys and certificates are");
                    }
                }

                return content.ToArray();
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PathNotFoundException(path, "Give the path of a file of keys or certificates.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyInvalidException(path, $"cannot be read: {e.Message}", e);
        }
    }
}
