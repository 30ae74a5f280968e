using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection;

/// <summary>
/// The packages of an image and their files: dpkg's database (deb822 stanzas in <c>status</c>, lists in <c>info</c>),
/// distroless images' <c>status.d</c> with a stanza a file and md5sums beside it, and apk's database.
/// </summary>
internal sealed class PackageDatabase
{
    internal const string DpkgStatus = "var/lib/dpkg/status";
    internal const string DpkgStatusFolder = "var/lib/dpkg/status.d/";
    internal const string DpkgInfo = "var/lib/dpkg/info/";

    private static readonly (string Manager, string Path)[] Foreign =
    [
        ("rpm", "var/lib/rpm/Packages"), ("rpm", "var/lib/rpm/rpmdb.sqlite"), ("rpm", "usr/lib/sysimage/rpm/rpmdb.sqlite"), ("rpm", "usr/lib/sysimage/rpm/Packages.db"),
        ("pacman", "var/lib/pacman/local"),
    ];

    private readonly MergedFileSystem _files;
    private readonly PackageClaims? _claims;
    private readonly Dictionary<MergedFile, string> _owners = [];
    private readonly Dictionary<LayerPath, MergedFile?> _folders = [];
    private (LayerPath Path, MergedFile? Folder) _last;

    private readonly Lazy<IReadOnlyList<ApkPackage>> _apk;
    private readonly Lazy<IReadOnlyList<ImagePackage>> _packages;

    /// <summary>Reads whatever databases the file system has. Their lists of files are read at once, the packages when asked for.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="image">The image, pinned.</param>
    /// <param name="platform">Its platform.</param>
    /// <param name="claims">Takes down whose each path is, for images with further layers; null where nobody asks.</param>
    internal PackageDatabase(MergedFileSystem files, string image, Platform platform, PackageClaims? claims = null)
    {
        (_files, _claims) = (files, claims);
        _apk = new Lazy<IReadOnlyList<ApkPackage>>(() => ReadApk(files, image, platform));
        _packages = new Lazy<IReadOnlyList<ImagePackage>>(() => ReadPackages(files, image, platform));
        UnreadManagers = [.. Foreign.Where(f => files.Resolve(LayerPath.FromUtf8(f.Path)) is not null).Select(f => f.Manager).Distinct()];
        ReadDpkgLists();
        ReadApkLists();
        foreach (string place in (string[])[DpkgStatus, DpkgStatusFolder, DpkgInfo, ApkDatabase.Path, ApkDatabase.UsrPath])
        {
            claims?.Database(files, LayerPath.FromUtf8(place));
        }

        _folders.Clear();
        _folders.TrimExcess();
    }

    /// <summary>The packages, in ordinal order of names, then architectures.</summary>
    /// <exception cref="BaseImageException">A database is damaged.</exception>
    internal IReadOnlyList<ImagePackage> Packages => _packages.Value;

    /// <summary>Package managers whose databases are there and are not read by this version.</summary>
    internal IReadOnlyList<string> UnreadManagers { get; }

    private IReadOnlyList<ImagePackage> ReadPackages(MergedFileSystem files, string image, Platform platform)
    {
        List<ImagePackage> packages = [.. DpkgStanzas(files, image).Select(stanza => DpkgStanza.Describe(stanza, image, platform))];
        packages.AddRange(_apk.Value.Select(package => package.Package));
        return [.. packages.DistinctBy(p => (p.Name, p.Architecture, p.Version.ToString())).OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Architecture, StringComparer.Ordinal)];
    }

    /// <summary>The control stanzas of dpkg's installed packages, in either layout of its database.</summary>
    /// <param name="files">The file system, with the databases' content kept.</param>
    /// <param name="image">What to call it in errors.</param>
    internal static IEnumerable<ControlParagraph> DpkgStanzas(MergedFileSystem files, string image)
    {
        if (Content(files, DpkgStatus) is { } status)
        {
            foreach (ControlParagraph stanza in Stanzas(status, $"{image}: /{DpkgStatus}").Where(IsInstalled))
            {
                yield return stanza;
            }
        }

        foreach (MergedFile file in Folder(files, DpkgStatusFolder))
        {
            if (file.Content is { } content && !file.Path.Name.ToString().EndsWith(".md5sums", StringComparison.Ordinal))
            {
                foreach (ControlParagraph stanza in Stanzas(content, $"{image}: {file}"))
                {
                    yield return stanza;
                }
            }
        }
    }

    /// <summary>What apk has installed, in the database's order.</summary>
    internal IReadOnlyList<ApkPackage> Apk => _apk.Value;

    /// <summary>The package that ships a file; empty for none. Of directories, which many packages share, none.</summary>
    internal string OwnerOf(MergedFile file) => _owners.GetValueOrDefault(file, "");

    private static ReadOnlyMemory<byte>? Content(MergedFileSystem files, string path) => files.Resolve(LayerPath.FromUtf8(path))?.Content;

    private static IEnumerable<MergedFile> Folder(MergedFileSystem files, string path)
        => files.Resolve(LayerPath.FromUtf8(path))?.Children.Where(file => !file.IsDirectory) ?? [];

    private static IReadOnlyList<ControlParagraph> Stanzas(ReadOnlyMemory<byte> content, string name)
        => [.. Deb822Reader.ReadAll(content, name).Where(stanza => stanza["Package"] is not null)];

    /// <summary>False of stanzas that dpkg keeps of packages which were removed and left configuration behind.</summary>
    internal static bool IsInstalled(ControlParagraph stanza)
        => stanza["Status"] is not { } status || status.Trim().Split(' ')[^1] is "installed" or "unpacked" or "half-configured" or "triggers-awaited" or "triggers-pending";

    private void ReadDpkgLists()
    {
        foreach (MergedFile file in Folder(_files, DpkgInfo))
        {
            string name = file.Path.Name.ToString();
            if (file.Content is { } content && name.EndsWith(".list", StringComparison.Ordinal))
            {
                Own(Lines(content), PackageName(name[..^".list".Length]));
            }
        }

        foreach (MergedFile file in Folder(_files, DpkgStatusFolder))
        {
            string name = file.Path.Name.ToString();
            if (file.Content is { } content && name.EndsWith(".md5sums", StringComparison.Ordinal))
            {
                Own(Lines(content).Where(line => line.Length > 34 && line.Span[32] == ' ').Select(line => line[34..]), PackageName(name[..^".md5sums".Length]));
            }
        }
    }

    // Files are listed although the database is damaged; asking for packages says what is wrong with it.
    private void ReadApkLists()
    {
        try
        {
            foreach (ApkPackage package in _apk.Value)
            {
                Own(package.Files.Select(file => file.Path), package.Package.Name);
            }
        }
        catch (BaseImageException)
        {
        }
    }

    private static IReadOnlyList<ApkPackage> ReadApk(MergedFileSystem files, string image, Platform platform)
    {
        foreach (string path in (string[])[ApkDatabase.Path, ApkDatabase.UsrPath])
        {
            if (Content(files, path) is { } content)
            {
                return ApkDatabase.Read(content, $"{image}: /{path}", image, platform);
            }
        }

        return [];
    }

    private static string PackageName(string stem) => stem.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? stem[..colon] : stem;

    // Slices, not copies: the lists of a full Debian have hundreds of thousands of lines.
    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            int end = content.Span.IndexOf((byte)'\n');
            yield return end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
        }
    }

    // Packages list /bin/x where a merged /usr has /usr/bin/x: the folder's links are followed, the file itself is not.
    private void Own(IEnumerable<ReadOnlyMemory<byte>> paths, string package)
    {
        foreach (ReadOnlyMemory<byte> line in paths)
        {
            if (LayerPath.TryCreate(line, out LayerPath path) && Listed(path, package) is { IsDirectory: false } file)
            {
                _owners.TryAdd(file, package);
            }
        }
    }

    // Many lines in a row name one folder.
    private MergedFile? Listed(LayerPath path, string package)
    {
        LayerPath parent = path.Parent;
        if (parent != _last.Path || _last.Folder is null)
        {
            if (!_folders.TryGetValue(parent, out MergedFile? found))
            {
                _folders[parent] = found = _files.Resolve(parent);
                if (found is null)
                {
                    _claims?.Missed(_files, parent);
                }
            }

            _last = (parent, found);
        }

        MergedFile? folder = _last.Folder;
        if (folder is not null && !path.IsRoot)
        {
            _claims?.Add(folder.Path.Append(path.Name), package);
        }

        return path.IsRoot ? _files.Root : folder?.Child(path.Name);
    }
}
