using System.Diagnostics.CodeAnalysis;

namespace BaseImage.Engine.Layers;

/// <summary>A file, directory, link or device in a merged file system.</summary>
internal sealed class MergedFile
{
    private readonly MergedFileSystem? _owner;
    private Dictionary<LayerPath, MergedFile>? _children;
    private MergedFile[]? _sorted;

    internal MergedFile(LayerPath path, LayerEntry entry, int layer, bool isImplicit = false, MergedFileSystem? owner = null)
        => (Path, Entry, Layer, IsImplicit, _owner) = (path, entry, layer, isImplicit, owner);

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
    public bool IsDirectory => Entry.Kind == ImageFileKind.Directory;

    /// <summary>A directory's files in byte order of names; empty for others.</summary>
    public IReadOnlyList<MergedFile> Children => _children is null ? [] : _sorted ??= Sorted(_children);

    /// <summary>A directory's file of that name; null for none.</summary>
    public MergedFile? Child(LayerPath name) => _children?.GetValueOrDefault(name);

    internal bool IsOwnedBy(MergedFileSystem system) => ReferenceEquals(_owner, system);

    /// <summary>The same for a file system that may change it.</summary>
    internal MergedFile CopyFor(MergedFileSystem owner) => new(Path, Entry, Layer, IsImplicit, owner)
    {
        Body = Body,
        LinkedTo = LinkedTo,
        _children = _children is null ? null : new Dictionary<LayerPath, MergedFile>(_children),
    };

    internal void Add(MergedFile file)
    {
        _sorted = null;
        _children ??= [];

        // The key is part of the file's own path: one that was there may belong to a larger buffer.
        _children.Remove(file.Path.Name);
        _children.Add(file.Path.Name, file);
    }

    internal bool Remove(LayerPath name, [NotNullWhen(true)] out MergedFile? file)
    {
        file = null;
        _sorted = null;
        return _children?.Remove(name, out file) == true && file is not null;
    }

    /// <summary>Its absolute path.</summary>
    public override string ToString() => Path.ToAbsoluteText();

    private static MergedFile[] Sorted(Dictionary<LayerPath, MergedFile> children)
    {
        MergedFile[] files = [.. children.Values];
        Array.Sort(files, static (left, right) => left.Path.Name.CompareTo(right.Path.Name));
        return files;
    }
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
