namespace BaseImage.Engine.Storage;

/// <summary>One open cache a folder, for an engine that lives as long as a session while the environment may change.</summary>
internal sealed class SharedCaches : IDisposable
{
    private readonly Dictionary<string, ContentCache> _caches = new(StringComparer.Ordinal);

    /// <summary>The cache in a folder, opened when first asked for. Disposed of with this object, not by who asks.</summary>
    public ContentCache Get(string root)
    {
        lock (_caches)
        {
            if (!_caches.TryGetValue(root, out ContentCache? cache))
            {
                cache = ContentCache.Open(root);
                _caches.Add(root, cache);
            }

            return cache;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_caches)
        {
            foreach (ContentCache cache in _caches.Values)
            {
                cache.Dispose();
            }

            _caches.Clear();
        }
    }
}
