using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Reads a layer once and takes down everything that rules may want to know of it.</summary>
internal static class LayerScan
{
    /// <summary>
    /// What the facts of a layer in the cache were made by. Whoever adds a fact, or changes how one is found, raises it:
    /// facts of another version count as absent.
    /// </summary>
    public const int Version = 6;

    // A merged image of more files than this does not fit the memory that an audit may take.
    private const int MaximumEntries = 1_000_000;

    private static TarRules Rules { get; } = TarRules.Layer with { MaxEntries = MaximumEntries };

    /// <summary>Reads a layer to its last byte.</summary>
    /// <param name="tar">The layer, uncompressed; reading to its end checks it.</param>
    /// <param name="sourceName">What errors call it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.BaseImageException">The layer is damaged, hostile, or beyond what is read.</exception>
    public static LayerFacts Read(Stream tar, string sourceName, CancellationToken cancellationToken)
    {
        List<LayerFile> files = [];
        using ContentScanner scanner = new();
        TarReader reader = new(tar, sourceName, Rules);
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            files.Add(new LayerFile(entry, entry.Kind is ImageFileKind.File ? scanner.Scan(entry, reader.Content, cancellationToken) : null));
        }

        // The reader may stop before the last byte; the digests are known only behind it.
        tar.CopyTo(Stream.Null);
        return new LayerFacts(files);
    }
}
