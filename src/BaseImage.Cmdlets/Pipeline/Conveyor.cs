using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace BaseImage.Cmdlets;

/// <summary>
/// A bounded channel between workers, which wait asynchronously for room, and the pipeline thread, which waits by blocking:
/// the one wait that thread ever makes, so nothing it waits for can be waiting for it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to release, and the last putter may still be inside it.")]
internal sealed class Conveyor<T>(int capacity)
{
    private readonly ConcurrentQueue<T> _items = new();
    private readonly SemaphoreSlim _room = new(capacity);
    private readonly SemaphoreSlim _filled = new(0);

    /// <summary>Puts an item on, waiting for room.</summary>
    internal async Task PutAsync(T item, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        Add(item);
    }

    /// <summary>Puts an item on from a synchronous call on a worker; blocks that worker while there is no room.</summary>
    internal void Put(T item, CancellationToken cancellationToken)
    {
        _room.Wait(cancellationToken);
        Add(item);
    }

    /// <summary>Puts the last item on; it needs no room, so that work that was cancelled can always end.</summary>
    internal void PutLast(T item)
    {
        _items.Enqueue(item);
        _filled.Release();
    }

    /// <summary>Takes the next item, or gives up after a time.</summary>
    internal bool TryTake(TimeSpan patience, [MaybeNullWhen(false)] out T item)
    {
        if (!_filled.Wait(patience) || !_items.TryDequeue(out item))
        {
            item = default;
            return false;
        }

        _room.Release();
        return true;
    }

    private void Add(T item)
    {
        _items.Enqueue(item);
        _filled.Release();
    }
}
