using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>
/// Lays packages over one another. The rules: one entry a path; a link beats a directory, whose entries move to where the
/// link leads; among everything else the last package in the lock's order wins; of several directories base-files' own is
/// taken, else the last; a file where another package needs a directory is an error.
/// </summary>
internal sealed class PackageMerge
{
    // Each round lets links that lie below other links move; real packages need two or three.
    private const int MaxRounds = 32;

    private readonly IReadOnlyList<(string Name, PackageListing Listing)> _packages;
    private readonly IReadOnlyList<LayerEntry> _fixedLinks;
    private readonly PackageListing? _below;
    private readonly LinkMap _links = new();
    private readonly List<Overridden> _overridden = [];
    private Dictionary<LayerPath, TreeEntry> _directories = [];
    private Dictionary<LayerPath, TreeEntry> _others = [];
    private HashSet<LayerPath> _parents = [];

    private PackageMerge(IReadOnlyList<(string Name, PackageListing Listing)> packages, IReadOnlyList<LayerEntry> fixedLinks, PackageListing? below)
        => (_packages, _fixedLinks, _below) = (packages, fixedLinks, below);

    /// <summary>Merges.</summary>
    /// <param name="packages">Names and listings, in the lock's order.</param>
    /// <param name="fixedLinks">Links to directories that the image has whatever packages ship; a package's own link of that path wins.</param>
    /// <param name="below">
    /// The file system of an image that is built on, whose entries have the number of packages as their package; null for none.
    /// Whatever a package ships beats it, but for directories, which stay as they are.
    /// </param>
    /// <exception cref="PackageFilesConflictException">A path is a file in one package and a directory in another.</exception>
    /// <exception cref="LinkLoopException">Links lead to each other.</exception>
    public static MergedPackages Merge(IReadOnlyList<(string Name, PackageListing Listing)> packages, IReadOnlyList<LayerEntry> fixedLinks, PackageListing? below = null)
        => new PackageMerge(packages, fixedLinks, below).Run();

    private MergedPackages Run()
    {
        for (int round = 0; ; round++)
        {
            if (round == MaxRounds)
            {
                throw new LinkLoopException(_others.Values.Where(e => _links.Contains(e.Entry.Path)).Select(e => e.Entry.Path.ToString()).Order(StringComparer.Ordinal).FirstOrDefault() ?? "/");
            }

            Lay();
            if (!LearnLinks())
            {
                break;
            }
        }

        CheckKinds();
        CheckBelow();
        return new MergedPackages(_directories, _others, _links, _overridden);
    }

    private void Lay()
    {
        _directories = [];
        _others = [];
        _parents = [];
        _overridden.Clear();
        foreach (LayerEntry link in _fixedLinks)
        {
            PlaceOther(new TreeEntry(link with { Path = _links.ResolveParent(link.Path) }, default, null));
        }

        for (int index = 0; index < _below?.Entries.Count; index++)
        {
            Place(_packages.Count, index, _below.Entries);
        }

        for (int package = 0; package < _packages.Count; package++)
        {
            IReadOnlyList<ListedEntry> entries = _packages[package].Listing.Entries;
            for (int index = 0; index < entries.Count; index++)
            {
                Place(package, index, entries);
            }
        }
    }

    private void Place(int package, int index, IReadOnlyList<ListedEntry> entries)
    {
        ListedEntry listed = entries[index];
        if (listed.Entry.Kind == ImageFileKind.Directory)
        {
            LayerPath path = _links.ResolveDirectory(listed.Entry.Path);
            AddParents(path);
            TreeEntry directory = new(listed.Entry with { Path = path }, default, null) { Package = package, Listed = index };
            if (!_directories.TryGetValue(path, out TreeEntry? known) || (known.Package < _packages.Count && (_packages[known.Package].Name != "base-files" || _packages[package].Name == "base-files")))
            {
                _directories[path] = directory;
            }

            return;
        }

        int target = listed.Target >= 0 ? listed.Target : index;
        bool isFile = entries[target].Entry.Kind == ImageFileKind.File;
        // A hard link takes everything but the path from what it links to: they are one file.
        LayerEntry entry = entries[target].Entry with { Path = _links.ResolveParent(listed.Entry.Path) };
        PlaceOther(new TreeEntry(entry, entries[target].Content, isFile ? new PackagedContent(package, target) : null) { Package = package, Listed = target });
    }

    private void PlaceOther(TreeEntry entry)
    {
        LayerPath path = entry.Entry.Path;
        AddParents(path);
        if (!_others.TryGetValue(path, out TreeEntry? known))
        {
            _others.Add(path, entry);
        }
        else if (!LeadsToItself(entry))
        {
            // /lib/x and a link /usr/lib/x to it are one path once /lib is a link; the link then says nothing.
            bool same = known.Content == entry.Content && known.Entry with { ModifiedTime = 0 } == entry.Entry with { ModifiedTime = 0 };
            if (!LeadsToItself(known) && !same && known.Package >= 0)
            {
                _overridden.Add(new Overridden(path, known.Package, entry.Package));
            }

            _others[path] = entry;
        }
    }

    private bool LeadsToItself(TreeEntry entry)
        => entry.Entry.Kind == ImageFileKind.SymbolicLink && !_links.Contains(entry.Entry.Path)
            && _links.ResolveTarget(entry.Entry.Path, entry.Entry.LinkTarget.Span) == entry.Entry.Path;

    private void AddParents(LayerPath path)
    {
        for (LayerPath parent = path.Parent; !parent.IsRoot && _parents.Add(parent); parent = parent.Parent)
        {
        }
    }

    private bool LearnLinks()
    {
        bool changed = false;
        foreach (TreeEntry entry in _others.Values)
        {
            LayerPath path = entry.Entry.Path;
            if (entry.Entry.Kind == ImageFileKind.SymbolicLink && (_links.Contains(path) || _directories.ContainsKey(path) || _parents.Contains(path)))
            {
                changed |= _links.Set(path, entry.Entry.LinkTarget);
            }
        }

        return changed;
    }

    // Entries of packages move to where a link leads; what lies in a finished layer cannot.
    private void CheckBelow()
    {
        foreach (ListedEntry listed in _below?.Entries ?? [])
        {
            if (listed.Entry.Kind == ImageFileKind.Directory && _others.TryGetValue(listed.Entry.Path, out TreeEntry? other))
            {
                throw new PackageFilesConflictException(listed.Entry.Path.ToString(), Name(other.Package), "the base image");
            }
        }
    }

    private void CheckKinds()
    {
        foreach (LayerPath path in _others.Keys.Where(path => _directories.ContainsKey(path) || _parents.Contains(path)).Order())
        {
            int owner = _others[path].Package;
            int other = _directories.TryGetValue(path, out TreeEntry? directory) ? directory.Package
                : _others.Values.First(e => e.Entry.Path.IsBelow(path)).Package;
            throw new PackageFilesConflictException(path.ToString(), Name(owner), Name(other));
        }
    }

    private string Name(int package) => package < 0 ? "the image" : package < _packages.Count ? _packages[package].Name : "the base image";
}

/// <summary>A path that a later package took over with other content.</summary>
/// <param name="Path">The path.</param>
/// <param name="Loser">The package whose entry is not in the image.</param>
/// <param name="Winner">The package whose entry is.</param>
internal sealed record Overridden(LayerPath Path, int Loser, int Winner);

/// <summary>Packages laid over one another.</summary>
/// <param name="Directories">Directories by their path.</param>
/// <param name="Others">Everything else by its path.</param>
/// <param name="Links">Directories that are links.</param>
/// <param name="Overridden">What was overridden, in the lock's order.</param>
internal sealed record MergedPackages(
    Dictionary<LayerPath, TreeEntry> Directories, Dictionary<LayerPath, TreeEntry> Others, LinkMap Links, IReadOnlyList<Overridden> Overridden);
