namespace BaseImage;

/// <summary>Chooses what has to go for a cache to have a size.</summary>
public static class CacheShrinking
{
    /// <summary>
    /// The entries to remove, least recently used first, until all that is left has at most a number of bytes. Of entries
    /// used at the same time the larger goes first; what is in use stays.
    /// </summary>
    /// <param name="all">The whole cache.</param>
    /// <param name="candidates">What may go.</param>
    /// <param name="maximumSize">The bytes that may remain.</param>
    public static IReadOnlyList<CacheEntry> Choose(IEnumerable<CacheEntry> all, IEnumerable<CacheEntry> candidates, long maximumSize)
    {
        ArgumentNullException.ThrowIfNull(all);
        long size = all.Sum(entry => entry.Size);
        List<CacheEntry> chosen = [];
        foreach (CacheEntry entry in candidates.Where(entry => !entry.InUse).OrderBy(entry => entry.LastUsed).ThenByDescending(entry => entry.Size).ThenBy(entry => entry.Path, StringComparer.Ordinal))
        {
            if (size <= maximumSize)
            {
                break;
            }

            chosen.Add(entry);
            size -= entry.Size;
        }

        return chosen;
    }
}
