namespace BaseImage.Engine.Layers;

/// <summary>A file, directory, link or device in a merged file system.</summary>
internal sealed class MergedFile
{
    private static readonly SortedDictionary<LayerPath, MergedFile> s_none = [];
    private readonly SortedDictionary<LayerPath, MergedFile>? _children;

    internal MergedFile(LayerPath path, LayerEntry entry, int layer, bool isImplicit = false)
    {
        (Path, Entry, Layer, IsImplicit) = (path, entry, layer, isImplicit);
        _children = entry.Kind == ImageFileKind.Directory ? [] : null;
    }

    /// <summary>Where it lies, after links among its parents were followed.</summary>
    public LayerPath Path { get; }

    /// <summary>Its metadata; of a hard link, those of the file that it names (kind, mode, owner, size, attributes).</summary>
    public LayerEntry Entry { get; internal set; }

    /// <summary>The layer that it comes from, counted from 0.</summary>
    public int Layer { get; internal set; }

    /// <summary>True for a directory that no entry describes, made because something lies in it.</summary>
    public bool IsImplicit { get; internal set; }

    /// <summary>What all hard links of one file share; the same object says that two names are one file.</summary>
    public MergedFileBody Body { get; internal init; } = new();

    /// <summary>SHA-256 of a regular file's content; empty for others.</summary>
    public Digest Digest => Body.Digest;

    /// <summary>The content, where it was asked to be kept.</summary>
    public ReadOnlyMemory<byte>? Content => Body.Content;

    /// <summary>The other name that this file was linked to when it was made; null for no hard link.</summary>
    public LayerPath? LinkedTo { get; internal init; }

    /// <summary>True for a directory.</summary>
    public bool IsDirectory => _children is not null;

    /// <summary>A directory's files by name, in byte order; empty for others.</summary>
    public IReadOnlyDictionary<LayerPath, MergedFile> Children => _children ?? s_none;

    internal SortedDictionary<LayerPath, MergedFile> Members => _children ?? throw new InvalidOperationException($"'{Path}' is no directory.");

    /// <summary>Its absolute path.</summary>
    public override string ToString() => "/" + Path;
}

/// <summary>A file's content, shared by its hard links.</summary>
internal sealed class MergedFileBody
{
    /// <summary>SHA-256 of the content; empty for what is not a regular file.</summary>
    public Digest Digest { get; internal set; }

    /// <summary>The content, where it was asked to be kept.</summary>
    public ReadOnlyMemory<byte>? Content { get; internal set; }

    /// <summary>The layer that holds the content, counted from 0.</summary>
    public int Layer { get; internal set; }

    /// <summary>The path of the entry in that layer which holds the content, as the entry has it.</summary>
    public LayerPath EntryPath { get; internal set; }

    /// <summary>What was known of the content, where the file system was made of entries that were read before.</summary>
    public IFileContent? Known { get; internal set; }
}
