namespace BaseImage.Ports;

/// <summary>Shows what the cache holds and removes from it, while other processes may be using it. Never touches the store.</summary>
public interface IMaintainCache
{
    /// <summary>The cache's folder, as a full path; it need not exist.</summary>
    string Folder { get; }

    /// <summary>Everything in the cache, by kind, then by name. A cache that was never made is empty.</summary>
    /// <param name="verify">True to read every entry and say whether it is sound.</param>
    /// <param name="reporter">Told how far it has come.</param>
    /// <param name="cancellationToken">Stops it.</param>
    IAsyncEnumerable<CacheEntry> ReadAsync(bool verify, IReporter reporter, CancellationToken cancellationToken);

    /// <summary>Removes an entry and what belongs to it alone.</summary>
    /// <param name="entry">An entry of <see cref="ReadAsync"/>.</param>
    /// <returns>False where a command that runs now uses it: then it stays. True also where it was gone already.</returns>
    /// <exception cref="Errors.CacheEntryUnknownException">The path does not lead to an entry of the cache.</exception>
    /// <exception cref="Errors.PathNotWritableException">It cannot be removed.</exception>
    bool Remove(CacheEntry entry);
}
