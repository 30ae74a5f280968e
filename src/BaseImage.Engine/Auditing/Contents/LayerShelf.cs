using System.Collections.Concurrent;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// The facts of layers: from memory while somebody uses them, from the cache, else from the layer, which then goes into
/// the cache. A layer that several images need at once is read once.
/// </summary>
/// <param name="cache">The content cache, opened when needed.</param>
internal sealed class LayerShelf(Func<ContentCache> cache)
{
    /// <summary>The kind of the cache's entries.</summary>
    internal const string EntryKind = "layer-facts";

    // From here on giving memory back takes no part of the time that reading took.
    private const long LargeLayer = 512L << 20;

    private readonly ConcurrentDictionary<Digest, WeakReference<LayerFacts>> _held = new();
    private readonly ConcurrentDictionary<Digest, SemaphoreSlim> _gates = new();

    /// <summary>True where the cache has something for each of the layers, sound or not.</summary>
    public bool Has(IEnumerable<Digest> diffIds) => diffIds.All(diffId => cache().HasEntry(EntryKind, Key(diffId)));

    /// <summary>The facts of a layer that was read before; null where it was not, or where what is kept is damaged.</summary>
    public async Task<LayerFacts?> TryGetAsync(Digest diffId, CancellationToken cancellationToken)
    {
        if (_held.TryGetValue(diffId, out WeakReference<LayerFacts>? reference) && reference.TryGetTarget(out LayerFacts? held))
        {
            return held;
        }

        byte[]? packed = await cache().TryGetAsync(EntryKind, Key(diffId), cancellationToken).ConfigureAwait(false);
        LayerFacts? facts = packed is null ? null : await Task.Run(() => LayerFactsFormat.TryRead(packed, diffId), cancellationToken).ConfigureAwait(false);
        return facts is null ? null : Hold(diffId, facts);
    }

    /// <summary>The facts of a layer.</summary>
    /// <param name="diffId">The layer's diffID.</param>
    /// <param name="openAsync">Opens its tar; reading to its end checks the diffID.</param>
    /// <param name="sourceName">What errors call it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.BaseImageException">The layer is damaged, hostile, or beyond what is read.</exception>
    public async Task<LayerFacts> GetAsync(Digest diffId, Func<CancellationToken, ValueTask<Stream>> openAsync, string sourceName, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = _gates.GetOrAdd(diffId, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await TryGetAsync(diffId, cancellationToken).ConfigureAwait(false) is { } known)
            {
                return known;
            }

            Stream tar = new ReadAheadStream(await openAsync(cancellationToken).ConfigureAwait(false));
            LayerFacts facts;
            await using (tar.ConfigureAwait(false))
            {
                facts = await Task.Run(() => LayerScan.Read(tar, sourceName, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            await KeepAsync(diffId, facts, cancellationToken).ConfigureAwait(false);
            if (facts.Files.Sum(file => file.Entry.Size) >= LargeLayer)
            {
                // What reading it left behind is of no use to anybody, and would stay beside what rules need of it.
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }

            return Hold(diffId, facts);
        }
        finally
        {
            gate.Release();
        }
    }

    private static string Key(Digest diffId) => $"{LayerScan.Version} {diffId}";

    private async Task KeepAsync(Digest diffId, LayerFacts facts, CancellationToken cancellationToken)
    {
        byte[]? packed = await Task.Run(() => LayerFactsFormat.Write(facts, diffId), cancellationToken).ConfigureAwait(false);
        if (packed is not null)
        {
            await cache().PutAsync(EntryKind, Key(diffId), diffId.ToString(), packed, cancellationToken).ConfigureAwait(false);
        }
    }

    private LayerFacts Hold(Digest diffId, LayerFacts facts)
    {
        _held[diffId] = new WeakReference<LayerFacts>(facts);
        return facts;
    }
}
