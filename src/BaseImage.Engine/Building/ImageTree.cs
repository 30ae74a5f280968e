using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// The image's file system while it is planned: packages laid over one another, and then what is made and added. Paths
/// are given as a program in the image would name them; links above them are followed.
/// </summary>
internal sealed class ImageTree
{
    private readonly MergedPackages _merged;
    private readonly IReadOnlyList<(string Name, PackageListing Listing)> _packages;
    private readonly PackageListing? _below;

    /// <summary>Starts from packages, and from an image that they are put on.</summary>
    public ImageTree(IReadOnlyList<(string Name, PackageListing Listing)> packages, MergedPackages merged, long epoch, PackageListing? below = null)
        => (_packages, _merged, Epoch, _below) = (packages, merged, epoch, below);

    /// <summary>True where it is put on an image.</summary>
    public bool HasBase => _below is not null;

    /// <summary>The package of entries that the image below has.</summary>
    public int BaseIndex => _packages.Count;

    /// <summary>The time of everything made here, in seconds since 1970.</summary>
    public long Epoch { get; }

    /// <summary>Directories by path.</summary>
    public IReadOnlyDictionary<LayerPath, TreeEntry> Directories => _merged.Directories;

    /// <summary>Everything else by path.</summary>
    public IReadOnlyDictionary<LayerPath, TreeEntry> Others => _merged.Others;

    /// <summary>The packages, in the lock's order.</summary>
    public IReadOnlyList<(string Name, PackageListing Listing)> Packages => _packages;

    /// <summary>Warnings for the user.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>A package's listing, or null where the image does not have it.</summary>
    public PackageListing? Package(string name) => _packages.FirstOrDefault(package => package.Name == name).Listing;

    /// <summary>True where there is something of that path (a link itself counts, wherever it leads).</summary>
    public bool Exists(string path) => Find(LayerPath.FromUtf8(path)) is not null;

    /// <summary>True where a program at that path could be run: links are followed to a regular file.</summary>
    public bool IsFile(string path) => Follow(LayerPath.FromUtf8(path)) is { Entry.Kind: ImageFileKind.File };

    /// <summary>The entry of that path; links above it are followed, it itself is not.</summary>
    public TreeEntry? Find(LayerPath path)
    {
        LayerPath resolved = _merged.Links.ResolveParent(path);
        return _merged.Others.GetValueOrDefault(resolved) ?? _merged.Directories.GetValueOrDefault(resolved);
    }

    /// <summary>A regular file's content where it is at hand: made here, or kept in its package's listing; else null.</summary>
    public byte[]? TryRead(string path) => Follow(LayerPath.FromUtf8(path)) is { } entry ? TryRead(entry) : null;

    /// <summary>A regular file's content where it is at hand, else null.</summary>
    public byte[]? TryRead(TreeEntry entry) => entry.Source switch
    {
        MadeContent made => made.Bytes,
        DiskContent disk => File.ReadAllBytes(disk.Path),
        PackagedContent packaged when packaged.Package == BaseIndex => _below!.Entries[packaged.Listed].Kept,
        PackagedContent packaged => _packages[packaged.Package].Listing.Entries[packaged.Listed].Kept,
        _ => null,
    };

    /// <summary>The paths below a directory that are not directories, in ordinal order.</summary>
    public IReadOnlyList<LayerPath> FilesBelow(string directory)
    {
        LayerPath root = _merged.Links.ResolveDirectory(LayerPath.FromUtf8(directory));
        return _merged.Others.Keys.Where(path => path.IsBelow(root)).Order().ToArray();
    }

    /// <summary>Adds a directory; one that is there stays as it is.</summary>
    public void AddDirectory(string path, int mode = Modes.Rwxr_xr_x, long uid = 0, long gid = 0)
    {
        LayerPath resolved = _merged.Links.ResolveDirectory(LayerPath.FromUtf8(path));
        if (!_merged.Directories.ContainsKey(resolved) && !_merged.Others.ContainsKey(resolved) && !resolved.IsRoot)
        {
            _merged.Directories.Add(resolved, MakeDirectory(resolved, mode, uid, gid));
        }
    }

    /// <summary>Adds a file, replacing one that is there.</summary>
    public void AddFile(string path, byte[] content, int mode = Modes.Rw_r__r__, long uid = 0, long gid = 0, long? time = null)
        => Add(new TreeEntry(LayerEntry.File(path, content.Length, mode, time ?? Epoch) with { Uid = uid, Gid = gid }, Digest.Of(content), new MadeContent(content)));

    /// <summary>Adds a file of text, replacing one that is there.</summary>
    public void AddFile(string path, string content, int mode = Modes.Rw_r__r__, long uid = 0, long gid = 0)
        => AddFile(path, Encoding.UTF8.GetBytes(content), mode, uid, gid);

    /// <summary>Adds a symbolic link, replacing one that is there.</summary>
    public void AddLink(string path, string target) => Add(new TreeEntry(LayerEntry.SymbolicLink(path, target, Epoch), default, null));

    /// <summary>Hides a file or directory of the image below.</summary>
    public void AddWhiteout(LayerPath path)
    {
        LayerPath marker = path.Parent.Append(LayerPath.FromUtf8([.. ".wh."u8, .. path.Name.Span]));
        _merged.Others[marker] = new TreeEntry(new LayerEntry { Path = marker, Kind = ImageFileKind.File, Mode = Modes.Rw_______, ModifiedTime = Epoch }, Digest.Of([]), new MadeContent([]));
    }

    /// <summary>Copies a package's file with its mode and time, unless something is there.</summary>
    public void CopyFile(string from, string to)
    {
        if (!Exists(to) && Follow(LayerPath.FromUtf8(from)) is { Entry.Kind: ImageFileKind.File } source && TryRead(source) is { } content)
        {
            AddFile(to, content, source.Entry.Mode, source.Entry.Uid, source.Entry.Gid, source.Entry.ModifiedTime);
        }
    }

    /// <summary>Adds any entry that is not a directory, replacing one that is there.</summary>
    /// <exception cref="InvalidOperationException">A directory is there.</exception>
    public void Add(TreeEntry entry)
    {
        LayerPath path = _merged.Links.ResolveParent(entry.Entry.Path);
        if (_merged.Directories.ContainsKey(path) || path.IsRoot)
        {
            throw new InvalidOperationException($"'/{path}' is a directory.");
        }

        _merged.Others[path] = entry with { Entry = entry.Entry with { Path = path } };
    }

    /// <summary>Adds every directory that something lies in and that nobody has made.</summary>
    public void AddMissingParents()
    {
        foreach (LayerPath path in _merged.Others.Keys.Concat(_merged.Directories.Keys).ToArray())
        {
            for (LayerPath parent = path.Parent; !parent.IsRoot && !_merged.Directories.ContainsKey(parent); parent = parent.Parent)
            {
                _merged.Directories.Add(parent, MakeDirectory(parent, Modes.Rwxr_xr_x, 0, 0));
            }
        }
    }

    /// <summary>Takes away what is to be removed, and directories in which nothing is left because of that.</summary>
    public void Remove(Removals removals)
    {
        HashSet<LayerPath> emptied = [];
        // What the image below has is not taken away by leaving it out (BaseWhiteouts).
        foreach (LayerPath path in _merged.Others.Where(pair => pair.Value.Package != BaseIndex && removals.IsRemoved(pair.Key)).Select(pair => pair.Key).ToArray())
        {
            _merged.Others.Remove(path);
            for (LayerPath parent = path.Parent; !parent.IsRoot && emptied.Add(parent); parent = parent.Parent)
            {
            }
        }

        HashSet<LayerPath> inUse = [];
        foreach (LayerPath path in _merged.Others.Keys)
        {
            for (LayerPath parent = path.Parent; !parent.IsRoot && inUse.Add(parent); parent = parent.Parent)
            {
            }
        }

        // From the bottom up: a directory that stays keeps those above it.
        foreach (LayerPath path in _merged.Directories.Keys.OrderDescending().ToArray())
        {
            if (!inUse.Contains(path) && _merged.Directories[path].Package != BaseIndex && (emptied.Contains(path) || removals.IsDirectoryRemoved(path)))
            {
                _merged.Directories.Remove(path);
            }
            else
            {
                for (LayerPath parent = path.Parent; !parent.IsRoot && inUse.Add(parent); parent = parent.Parent)
                {
                }
            }
        }
    }

    private TreeEntry MakeDirectory(LayerPath path, int mode, long uid, long gid)
        => new(new LayerEntry { Path = path, Kind = ImageFileKind.Directory, Mode = mode, Uid = uid, Gid = gid, ModifiedTime = Epoch }, default, null);

    private TreeEntry? Follow(LayerPath path)
    {
        for (int hops = 0; hops < 40; hops++)
        {
            TreeEntry? entry = Find(path);
            if (entry is not { Entry.Kind: ImageFileKind.SymbolicLink })
            {
                return entry;
            }

            path = _merged.Links.ResolveTarget(entry.Entry.Path, entry.Entry.LinkTarget.Span);
        }

        return null;
    }
}

/// <summary>The permission bits that are used again and again.</summary>
internal static class Modes
{
    /// <summary>0644.</summary>
    public const int Rw_r__r__ = 0x1A4;

    /// <summary>0640.</summary>
    public const int Rw_r_____ = 0x1A0;

    /// <summary>0600.</summary>
    public const int Rw_______ = 0x180;

    /// <summary>0664.</summary>
    public const int Rw_rw_r__ = 0x1B4;

    /// <summary>0660.</summary>
    public const int Rw_rw____ = 0x1B0;

    /// <summary>0755.</summary>
    public const int Rwxr_xr_x = 0x1ED;

    /// <summary>0700.</summary>
    public const int Rwx______ = 0x1C0;

    /// <summary>1777: everybody writes, and deletes only what is theirs.</summary>
    public const int Sticky = 0x3FF;

    /// <summary>2775: the group is inherited.</summary>
    public const int SetGid = 0x5FD;
}
