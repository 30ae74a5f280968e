namespace BaseImage.Engine.Layers;

/// <summary>The file system that layers make.</summary>
internal sealed class MergedFileSystem
{
    /// <summary>The root directory.</summary>
    public MergedFile Root { get; } = new(LayerPath.Root, new LayerEntry { Path = LayerPath.Root, Kind = ImageFileKind.Directory, Mode = 0x1ED }, 0, isImplicit: true);

    /// <summary>Applies the next layer.</summary>
    /// <param name="entries">The layer's entries.</param>
    /// <param name="layer">Its number, from 0.</param>
    /// <param name="keepContent">Which files' content to keep; none if left out.</param>
    /// <param name="observe">Makes something that sees a file's content as it passes; null for files of no interest.</param>
    /// <param name="cancellation">Stops the work.</param>
    public void Apply(ITarEntries entries, int layer, Func<LayerEntry, bool>? keepContent = null, Func<LayerEntry, IContentObserver?>? observe = null, CancellationToken cancellation = default)
        => throw new NotImplementedException();

    /// <summary>The file at exactly that path, or null; no link is followed.</summary>
    public MergedFile? Find(LayerPath path) => throw new NotImplementedException();

    /// <summary>The file that the path leads to, links followed inside the root as the kernel would in a container; null where it leads nowhere or in circles.</summary>
    public MergedFile? Resolve(LayerPath path) => throw new NotImplementedException();

    /// <summary>Everything but the root, parents before children, in byte order of names within each directory.</summary>
    public IEnumerable<MergedFile> Files() => throw new NotImplementedException();
}
