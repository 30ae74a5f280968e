using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Engines;

/// <summary>The batches that are open in a session.</summary>
internal sealed class EngineBatches
{
    private readonly List<(EngineAddress Address, EngineBatch Batch)> _open = [];

    /// <summary>The open batch that an image belongs to; null for none.</summary>
    internal EngineBatch? Find(EngineAddress address, ImageReference reference)
    {
        lock (_open)
        {
            return _open.Find(entry => entry.Address == address && entry.Batch.References.Contains(reference)).Batch;
        }
    }

    /// <summary>Opens a batch until the result is disposed of.</summary>
    internal IDisposable Add(EngineAddress address, IReadOnlyList<ImageReference> references, Func<ContentCache> cache)
    {
        EngineBatch batch = new(references, cache);
        lock (_open)
        {
            _open.Add((address, batch));
        }

        return new Entry(() =>
        {
            lock (_open)
            {
                _open.RemoveAll(entry => ReferenceEquals(entry.Batch, batch));
            }

            batch.Dispose();
        });
    }

    private sealed class Entry(Action close) : IDisposable
    {
        public void Dispose() => close();
    }
}
