using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>An entry of a layer and what its content gave.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Content">What looking at the content gave; null for what is not a regular file.</param>
internal readonly record struct LayerFile(LayerEntry Entry, ContentFacts? Content);

/// <summary>Everything that reading one layer gives: its entries in their order, and what the files' contents gave. Never changed.</summary>
/// <param name="Files">The entries.</param>
internal sealed record LayerFacts(IReadOnlyList<LayerFile> Files)
{
    /// <summary>The entries again, for a merged file system; the contents are known and cannot be read.</summary>
    /// <param name="sourceName">What errors call the layer.</param>
    public ITarEntries Replay(string sourceName) => new Entries(Files, sourceName);

    private sealed class Entries(IReadOnlyList<LayerFile> files, string sourceName) : ITarEntries
    {
        private int _next;

        public string SourceName => sourceName;

        public Stream Content => Stream.Null;

        public IFileContent? Known => files[_next - 1].Content;

        public LayerEntry? Next() => _next < files.Count ? files[_next++].Entry : null;
    }
}
