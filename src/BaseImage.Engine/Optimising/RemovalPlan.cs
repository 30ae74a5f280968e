using BaseImage.Engine.Auditing;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>Which files of an image stay, and why the others go.</summary>
internal sealed class RemovalPlan
{
    private const string LinkerCache = "etc/ld.so.cache";

    private readonly FileFacts _files;
    private readonly MergedFileSystem _merged;
    private readonly Reach _reach;
    private readonly RemovalRules _rules;
    private readonly PathSet _keep;
    private readonly PathSet _remove;
    private readonly PathSet _extra;
    private readonly Dictionary<MergedFile, RemovalReason> _gone = [];
    private readonly HashSet<MergedFile> _kept = [];
    private readonly HashSet<MergedFile> _ownedFolders = [];
    private readonly HashSet<MergedFile> _traced = [];

    private RemovalPlan(ImageFacts facts, InspectedImage image, Reach reach, RemovalRules rules, PathSet keep, PathSet remove)
        => (_files, _merged, _reach, _rules, _keep, _remove, _extra) = (facts.Files!, image.Merged, reach, rules, keep, remove, reach.Extra);

    /// <summary>Files, links and directories that stay.</summary>
    public IReadOnlySet<MergedFile> Kept => _kept;

    /// <summary>Files and links that go, and why.</summary>
    public IReadOnlyDictionary<MergedFile, RemovalReason> Gone => _gone;

    /// <summary>Packages of which something stays beside licences and settings.</summary>
    public IReadOnlySet<string> Packages { get; private set; } = new HashSet<string>();

    /// <summary>Decides.</summary>
    /// <param name="facts">The image's facts.</param>
    /// <param name="image">The image as it was read.</param>
    /// <param name="reach">What is needed, followed to its end.</param>
    /// <param name="rules">What goes by its place.</param>
    /// <param name="keep">What stays whatever the rules say.</param>
    /// <param name="remove">What goes whatever needs it; <paramref name="keep"/> comes first.</param>
    /// <param name="traced">What recorded runs touched: it stays, and so does every link that leads to it.</param>
    public static RemovalPlan Make(ImageFacts facts, InspectedImage image, Reach reach, RemovalRules rules, PathSet keep, PathSet remove, IEnumerable<MergedFile> traced)
    {
        RemovalPlan plan = new(facts, image, reach, rules, keep, remove);
        foreach (MergedFile file in traced)
        {
            // A program may have come through a link to any folder above, too.
            for (MergedFile part = file; part != plan._merged.Root && plan._traced.Add(part); part = plan.Folder(part))
            {
            }
        }

        MergedFile[] all = [.. image.Merged.Files()];
        MergedFile[] files = [.. all.Where(file => !file.IsDirectory && file.Entry.Kind is not ImageFileKind.SymbolicLink)];
        foreach (MergedFile file in files.Where(file => plan.Package(file).Length > 0))
        {
            plan._ownedFolders.Add(plan.Folder(file));
        }

        // Whose neighbours decide comes after its neighbours; links come after what they lead to.
        foreach (bool owned in (bool[])[true, false])
        {
            foreach (MergedFile file in files.Where(file => plan.Package(file).Length > 0 == owned))
            {
                plan.Decide(file, plan.Judge(file));
            }
        }

        plan.DropLinkerCache();
        plan.FollowLinks([.. all.Where(file => file.Entry.Kind is ImageFileKind.SymbolicLink)], all);
        plan.DropLicences(files);
        plan.KeepFolders(all);
        return plan;
    }

    private string Package(MergedFile file) => _files.Find(file.ToString())?.Package ?? "";

    private MergedFile Folder(MergedFile file) => _merged.Find(file.Path.Parent) ?? _merged.Root;

    private void Decide(MergedFile file, RemovalReason? gone)
    {
        if (gone is { } reason)
        {
            _gone[file] = reason;
        }
        else
        {
            _kept.Add(file);
        }
    }

    private RemovalReason? Judge(MergedFile file)
    {
        if (_keep.Has(file.Path))
        {
            return null;
        }

        if (_remove.Has(file.Path))
        {
            return RemovalReason.Policy;
        }

        string path = file.ToString();
        if (_reach.Why.ContainsKey(path))
        {
            return null;
        }

        if (_rules.Of(file.Path) is { } reason)
        {
            return reason;
        }

        if (_files.Find(path) is not { } known)
        {
            return null;
        }

        if (_reach.IsCode(known) && !_extra.Has(file.Path))
        {
            return !_reach.IsOwn(known) ? CodeReason(known) : null;
        }

        bool stays = RemovalRules.IsLicence(file.Path) || RemovalRules.IsData(file.Path) || _extra.Has(file.Path)
            || (known.Package.Length > 0 ? _reach.Packages.Contains(known.Package) && !IsConverter(path) : IsWithNeighbours(file, path));
        return stays ? null : RemovalReason.Package;
    }

    // Which converters there are is told by a file of their package's, which goes with them.
    private static bool IsConverter(string path) => path.Contains("/gconv/", StringComparison.Ordinal);

    // What scripts of packages have made lies among the packages' own files, and goes with them.
    private bool IsWithNeighbours(MergedFile file, string path)
    {
        if (!Reach.IsSystem(path))
        {
            return true;
        }

        MergedFile folder = Folder(file);
        if (folder.Path.Name.Span.SequenceEqual("__pycache__"u8))
        {
            int dot = file.Path.Name.Span.IndexOf((byte)'.');
            LayerPath source = folder.Path.Parent.Append(LayerPath.FromUtf8([.. dot < 0 ? file.Path.Name.Span : file.Path.Name.Span[..dot], .. ".py"u8]));
            return _merged.Find(source) is not { } written || _kept.Contains(written);
        }

        return !_ownedFolders.Contains(folder) || folder.Children.Any(_kept.Contains);
    }

    private RemovalReason CodeReason(ImageFile file)
    {
        string name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        return _files.Program(file) is ProgramKind.Shell or ProgramKind.MultiCall || (StartCommands.IsShell(name) && ProgramPaths.IsLookedFor(file.Path)) ? RemovalReason.Shell
            : file.Package is "apt" or "dpkg" or "apk-tools" or "aptitude" or "rpm" or "dnf" or "debconf" ? RemovalReason.PackageManager
            : _files.Elf(file) is { IsProgram: false } ? RemovalReason.Library
            : RemovalReason.Program;
    }

    // A link may lead to a folder that stays for the sake of another link alone.
    private void FollowLinks(MergedFile[] links, MergedFile[] all)
    {
        List<MergedFile> left = [.. links];
        for (int known = -1; known != left.Count;)
        {
            known = left.Count;
            KeepFolders(all);
            _kept.UnionWith(left.Where(link => JudgeLink(link) is null).ToArray());
            left.RemoveAll(_kept.Contains);
        }

        foreach (MergedFile link in left)
        {
            _gone[link] = JudgeLink(link) ?? RemovalReason.Package;
        }
    }

    private RemovalReason? JudgeLink(MergedFile link)
    {
        if (_keep.Has(link.Path))
        {
            return null;
        }

        if (_remove.Has(link.Path))
        {
            return RemovalReason.Policy;
        }

        if (_merged.Resolve(link.Path) is { } reached && _traced.Contains(reached))
        {
            return null;
        }

        string package = Package(link);
        bool isNeeded = package.Length == 0 || _reach.Packages.Contains(package) || _extra.Has(link.Path);

        // A log that leads to the container's output is no log.
        RemovalReason? reason = _rules.Of(link.Path) is { } found and not RemovalReason.Cache ? found : null;
        if (_merged.Resolve(link.Path) is not { } target)
        {
            return reason ?? (isNeeded ? null : RemovalReason.Package);
        }

        // A program may have its name from another package; a folder of nobody's need has not.
        return target != _merged.Root && !_kept.Contains(target) ? _gone.GetValueOrDefault(target, RemovalReason.Package)
            : reason ?? (target.IsDirectory && !isNeeded && link.Path.Components().Count() > 2 ? RemovalReason.Package : null);
    }

    // The dynamic linker's cache may only go where it finds everything without: in the folders that it knows itself.
    private void DropLinkerCache()
    {
        if (_merged.Find(LayerPath.FromUtf8(LinkerCache)) is not { } cache || !_kept.Contains(cache) || _keep.Has(cache.Path))
        {
            return;
        }

        HashSet<string> listed = [.. _files.Contents.Where(pair => pair.Key == "/etc/ld.so.conf" || pair.Key.StartsWith("/etc/ld.so.conf.d/", StringComparison.Ordinal))
            .SelectMany(pair => System.Text.Encoding.Latin1.GetString(pair.Value.Span).Split('\n')).Select(line => line.Trim().TrimEnd('/'))];
        bool isNeeded = _reach.Why.Keys.Any(path => _files.Find(path) is { } file && _files.Elf(file) is { Soname.Length: > 0 }
            && !Reach.IsLibraryFolder(path) && listed.Contains(path[..path.LastIndexOf('/')]));
        if (!isNeeded)
        {
            _kept.Remove(cache);
            _gone[cache] = RemovalReason.Cache;
        }
    }

    // A licence covers something: where nothing of a package stays, its licence goes too.
    private void DropLicences(MergedFile[] files)
    {
        HashSet<string> packages = new(StringComparer.Ordinal);
        foreach (MergedFile file in _kept)
        {
            if (!file.IsDirectory && Package(file) is { Length: > 0 } package && !RemovalRules.IsLicence(file.Path) && !file.Path.Span.StartsWith("etc/"u8))
            {
                packages.Add(package);
            }
        }

        Packages = packages;
        foreach (MergedFile file in files.Where(file => _kept.Contains(file) && file.Path.Span.StartsWith("usr/share/doc/"u8) && !_keep.Has(file.Path)))
        {
            if (Package(file) is { Length: > 0 } package && !packages.Contains(package))
            {
                _kept.Remove(file);
                _gone[file] = RemovalReason.Package;
            }
        }
    }

    private void KeepFolders(MergedFile[] all)
    {
        foreach (MergedFile folder in all.Where(file => file.IsDirectory))
        {
            _kept.Remove(folder);
        }

        foreach (MergedFile file in all.Where(file => file.IsDirectory ? Stays(file) : _kept.Contains(file)))
        {
            _kept.Add(file);
            for (MergedFile folder = Folder(file); folder != _merged.Root && _kept.Add(folder); folder = Folder(folder))
            {
            }
        }
    }

    // Places that programs expect, whatever lies in them: those at the top, those of accounts, and those that were empty.
    private bool Stays(MergedFile folder)
    {
        int depth = folder.Path.Components().Count();
        if (depth == 1 || _keep.Has(folder.Path) || _traced.Contains(folder) || folder.Entry.Uid != 0 || (folder.Entry.Mode & 0x200) != 0 || RemovalRules.IsWrittenTo(folder.Path))
        {
            return true;
        }

        bool isSystem = Reach.IsSystem(folder.ToString()) || folder.Path.Span.StartsWith("etc/"u8);
        return !isSystem && !_remove.Has(folder.Path) && (depth == 2 || (folder.Children.Count == 0 && _rules.Of(folder.Path) is null));
    }
}
