using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection;

/// <summary>
/// Whose the paths of a file system are by its package databases, present or not, so that further layers need not read
/// the databases again; and what they would have to change for that to be another.
/// </summary>
internal sealed class PackageClaims
{
    private readonly Dictionary<LayerPath, string> _owners = [];

    // Where the way to a listed folder, or to a database, ends for want of something.
    private readonly HashSet<LayerPath> _missing = [];

    /// <summary>True where a way leads through links to nowhere, or a database lies behind a link: then there is no telling what would change it.</summary>
    internal bool IsUnclear { get; private set; }

    /// <summary>The package that lists a path; empty for none. Of several the first, as in <see cref="PackageDatabase.OwnerOf"/>.</summary>
    internal string OwnerOf(LayerPath path) => _owners.GetValueOrDefault(path, "");

    /// <summary>
    /// True where a further layer's change may change whose other files are. What layers may do besides: add what was not
    /// missed, replace a regular file by another, give a directory other metadata, delete anything but links.
    /// </summary>
    internal bool IsLedBy(MergedFile? before, MergedFile? after)
    {
        MergedFile file = after ?? before!;
        bool isLike = before is null || after is null || before.Entry.Kind == after.Entry.Kind;
        return !isLike || before?.Entry.Kind is ImageFileKind.SymbolicLink || KeptFiles.IsDatabase(file.Path.ToString()) || (before is null && _missing.Contains(file.Path));
    }

    internal void Add(LayerPath path, string package) => _owners.TryAdd(path, package);

    internal void Database(MergedFileSystem files, LayerPath path)
    {
        MergedFile? file = files.Resolve(path);
        IsUnclear |= file is not null && file.Path != path;
        if (file is null)
        {
            Missed(files, path);
        }
    }

    /// <summary>Takes down where a way ends. The links that it leads through may not change at all.</summary>
    internal void Missed(MergedFileSystem files, LayerPath path)
    {
        LayerPath real = LayerPath.Root;
        foreach (LayerPath name in path.Components())
        {
            MergedFile? file = files.Find(real)?.Child(name);
            if (file is null)
            {
                _missing.Add(real.Append(name));
                return;
            }

            if (file.Entry.Kind is ImageFileKind.SymbolicLink)
            {
                file = files.Resolve(file.Path);
                if (file is null)
                {
                    IsUnclear = true;
                    return;
                }
            }

            real = file.Path;
        }
    }
}
