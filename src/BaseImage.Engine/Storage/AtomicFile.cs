using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>Writes a file beside its place and renames it there, so that no reader and no crash ever sees half of it.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file, replacing what was there, all or nothing. The folder is made when missing.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="write">Writes the content; may throw, and then nothing remains.</param>
    /// <param name="cancellationToken">Stops it; nothing remains.</param>
    /// <exception cref="PathNotWritableException">The folder or the file cannot be written.</exception>
    public static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        (DiskFile stream, string temporary) = Create(path);
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                await write(stream, cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (!OperatingSystem.IsWindows())
                {
                    // Still locked: nobody may take it for a dead writer's.
                    Move(temporary, path);
                    return;
                }
            }

            Move(temporary, path);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Writes a file of these bytes, all or nothing.</summary>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => WriteAsync(path, (stream, token) => stream.WriteAsync(content, token).AsTask(), cancellationToken);

    /// <summary>Takes a file away if it is there and can be taken away.</summary>
    internal static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever calls this is already leaving with a better error, or treats the file as absent.
        }
    }

    /// <summary>A name in the same folder, hence on the same file system, that no other process takes.</summary>
    internal static string TemporaryName(string path)
        => Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");

    private static (DiskFile File, string Path) Create(string path)
    {
        try
        {
            string? folder = Path.GetDirectoryName(path);
            if (!string.IsNullOrEmpty(folder))
            {
                Directory.CreateDirectory(folder);
                StaleFiles.Sweep(folder, Path.GetFileName(path));
            }

            for (int attempt = 0; ; attempt++)
            {
                string temporary = TemporaryName(path);
                try
                {
                    FileStream file = new(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
                    if (File.Exists(temporary))
                    {
                        return (new DiskFile(file, path), temporary);
                    }

                    file.Dispose();
                }
                catch (IOException) when (attempt < 5 && Directory.Exists(folder))
                {
                    // Another process took it for a dead one's between its making and its locking; or a real refusal, which repeats.
                    TryDelete(temporary);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }
    }

    private static void Move(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }
    }
}
