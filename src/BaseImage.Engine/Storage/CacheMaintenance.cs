using System.Runtime.CompilerServices;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Storage;

/// <summary>
/// Shows and clears the cache of this process's environment. It opens no cache of its own: looking changes nothing. One
/// object serves one command, and remembers what it has read.
/// </summary>
internal sealed class CacheMaintenance(Func<BaseImagePaths> paths) : IMaintainCache
{
    private const string Activity = "Checking the cache";
    private Dictionary<string, CacheItem>? _items;

    /// <inheritdoc/>
    public string Folder { get; } = Path.GetFullPath(paths().CacheRoot);

    /// <inheritdoc/>
    public async IAsyncEnumerable<CacheEntry> ReadAsync(bool verify, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<CacheItem> items = await Task.Run(() => CacheInventory.Read(Folder, cancellationToken), cancellationToken).ConfigureAwait(false);
        _items = items.ToDictionary(item => item.Entry.Path, StringComparer.Ordinal);
        long total = items.Sum(item => item.Entry.Size), done = 0;
        foreach (CacheItem item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!verify)
            {
                yield return item.Entry;
                continue;
            }

            reporter.Progress(new ProgressUpdate(Activity, item.Entry.ToString(), done, total));
            if (await CacheVerifier.CheckAsync(item, cancellationToken).ConfigureAwait(false) is { } status)
            {
                yield return item.Entry with { Status = status };
            }

            done += item.Entry.Size;
        }

        if (verify)
        {
            reporter.Progress(new ProgressUpdate(Activity, "", total, total, Completed: true));
        }
    }

    /// <inheritdoc/>
    public bool Remove(CacheEntry entry)
    {
        string path = Path.GetFullPath(entry.Path);
        _items ??= CacheInventory.Read(Folder, CancellationToken.None).ToDictionary(item => item.Entry.Path, StringComparer.Ordinal);
        if (!_items.TryGetValue(path, out CacheItem? item))
        {
            // Gone meanwhile is as good as removed; anything else is not ours to remove.
            return CacheInventory.IsPlace(Folder, path) && !File.Exists(path) ? true : throw new CacheEntryUnknownException(entry.Path, Folder);
        }

        try
        {
            return CacheRemoval.Remove(Folder, item);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }
    }
}
