using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>Writes several files, all or none: each is written beside its place, and only then are they put in place.</summary>
internal static class FileSet
{
    /// <summary>Writes the files; what was there before comes back should one of them fail.</summary>
    /// <exception cref="PathNotWritableException">One of them cannot be written; none was.</exception>
    public static Task WriteAsync(IReadOnlyList<KeyValuePair<string, byte[]>> files, CancellationToken cancellationToken)
        => WriteAsync([.. files.Select(file => KeyValuePair.Create<string, Action<Stream>>(file.Key, stream => stream.Write(file.Value)))], cancellationToken);

    /// <summary>Writes the files, each by what is given with its path; what was there before comes back should one of them fail.</summary>
    /// <exception cref="PathNotWritableException">One of them cannot be written; none was.</exception>
    public static async Task WriteAsync(IReadOnlyList<KeyValuePair<string, Action<Stream>>> files, CancellationToken cancellationToken)
    {
        List<(string Path, string Temporary)> staged = [];
        List<(string Path, string? Aside)> placed = [];
        try
        {
            foreach ((string path, Action<Stream> write) in files)
            {
                string temporary = AtomicFile.TemporaryName(path);
                staged.Add((path, temporary));
                await Guard(path, async () =>
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
                    await using (stream.ConfigureAwait(false))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        await Task.Run(() => write(stream), cancellationToken).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            foreach ((string path, string temporary) in staged)
            {
                await Guard(path, () => Place(path, temporary, placed)).ConfigureAwait(false);
            }
        }
        catch
        {
            placed.ForEach(PutBack);
            throw;
        }
        finally
        {
            staged.ForEach(file => AtomicFile.TryDelete(file.Temporary));
        }

        foreach ((_, string? aside) in placed)
        {
            Drop(aside);
        }
    }

    private static Task Place(string path, string temporary, List<(string Path, string? Aside)> placed)
    {
        string? aside = File.Exists(path) ? AtomicFile.TemporaryName(path) : null;
        try
        {
            if (aside is not null)
            {
                File.Copy(path, aside);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Drop(aside);
            throw;
        }

        placed.Add((path, aside));
        return Task.CompletedTask;
    }

    private static void Drop(string? path)
    {
        if (path is not null)
        {
            AtomicFile.TryDelete(path);
        }
    }

    private static void PutBack((string Path, string? Aside) file)
    {
        try
        {
            if (file.Aside is not null)
            {
                File.Move(file.Aside, file.Path, overwrite: true);
            }
            else
            {
                File.Delete(file.Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The caller leaves with the error that began it; what stands there now is at least whole.
        }
    }

    private static async Task Guard(string path, Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }
    }
}
