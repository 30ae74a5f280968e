using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>The entries of layers that were read before, so that they need not be read again.</summary>
internal interface IKnownLayers
{
    /// <summary>The entries of a layer that was read before, with the digests of their contents; null where it was not.</summary>
    Task<ITarEntries?> TryOpenAsync(Digest diffId, string sourceName, CancellationToken cancellationToken);

    /// <summary>The entries of a layer; it is read once and remembered.</summary>
    /// <exception cref="Errors.BaseImageException">The layer is damaged, hostile, or beyond what is read.</exception>
    Task<ITarEntries> OpenAsync(Digest diffId, Func<CancellationToken, ValueTask<Stream>> openAsync, string sourceName, CancellationToken cancellationToken);
}

/// <summary>Knows the lines of a Dockerfile that made the steps of an image's history.</summary>
internal interface IMapHistory
{
    /// <summary>For each step, the instruction and its line; null where none is known to have made it.</summary>
    IReadOnlyList<DockerfileStep?> Map(IReadOnlyList<ImageHistory> history);
}

/// <summary>An instruction of a Dockerfile.</summary>
/// <param name="Text">As it stands there, continuations joined.</param>
/// <param name="Line">Its first line, from 1.</param>
internal sealed record DockerfileStep(string Text, int Line);
