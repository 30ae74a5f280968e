using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Lends what looking at layers gave to whoever asks for entries and digests alone.</summary>
/// <param name="shelf">The facts of layers.</param>
internal sealed class ShelvedLayers(LayerShelf shelf) : IKnownLayers
{
    /// <inheritdoc/>
    public async Task<ITarEntries?> TryOpenAsync(Digest diffId, string sourceName, CancellationToken cancellationToken)
        => (await shelf.TryGetAsync(diffId, cancellationToken).ConfigureAwait(false))?.Replay(sourceName);

    /// <inheritdoc/>
    public async Task<ITarEntries> OpenAsync(Digest diffId, Func<CancellationToken, ValueTask<Stream>> openAsync, string sourceName, CancellationToken cancellationToken)
        => (await shelf.GetAsync(diffId, openAsync, sourceName, cancellationToken).ConfigureAwait(false)).Replay(sourceName);
}
