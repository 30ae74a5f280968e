using BaseImage.Engine.Inspection;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Auditing.Packages;

/// <summary>Whose database a package stands in.</summary>
internal enum PackageManager
{
    /// <summary>dpkg's status file: dpkg put the image together.</summary>
    Dpkg,

    /// <summary>status.d: the image was assembled without dpkg.</summary>
    Assembled,

    /// <summary>apk's.</summary>
    Apk,
}

/// <summary>A package as rules look at it.</summary>
internal sealed record InstalledPackage
{
    /// <summary>Whose database it stands in.</summary>
    public required PackageManager Manager { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The source package; empty where the database says none.</summary>
    public string Source { get; init; } = "";

    /// <summary>Its version as written.</summary>
    public string VersionText { get; init; } = "";

    /// <summary>Its version; null where it is none.</summary>
    public PackageVersion? Version { get; init; }

    /// <summary>Its architecture.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Debian's section, as <c>doc</c>, <c>libdevel</c> or <c>contrib/net</c>; empty for none.</summary>
    public string Section { get; init; } = "";

    /// <summary>What dpkg was asked to do with it, as <c>install</c> or <c>hold</c>; empty where the database does not say.</summary>
    public string Wanted { get; init; } = "";

    /// <summary>dpkg's state, as <c>installed</c> or <c>half-configured</c>; empty likewise.</summary>
    public string State { get; init; } = "";

    /// <summary>True for dpkg's <c>reinst-required</c> and for what apk marked as broken.</summary>
    public bool IsBroken { get; init; }

    /// <summary>True for Debian's <c>Essential: yes</c>.</summary>
    public bool IsEssential { get; init; }

    /// <summary>Pre-Depends and Depends as written.</summary>
    public IReadOnlyList<string> Depends { get; init; } = [];

    /// <summary>Provides as written.</summary>
    public string Provides { get; init; } = "";

    /// <summary>True of <c>Multi-Arch: foreign</c> or <c>allowed</c>, which another architecture's packages may use.</summary>
    public bool IsForeignAllowed { get; init; }

    /// <summary>The licence that the database gives (apk's does); empty for none.</summary>
    public string Licence { get; init; } = "";

    /// <summary>The section without its archive area.</summary>
    public string Kind => Section[(Section.LastIndexOf('/') + 1)..];

    /// <summary>Name and version.</summary>
    public override string ToString() => $"{Name} {VersionText}";
}

/// <summary>The packages of an image, read once for all rules. What its database has that is none of a package fails the rule that asks.</summary>
internal sealed class PackageFacts
{
    private const string Status = "/var/lib/dpkg/status", Folder = "/var/lib/dpkg/status.d/";

    private static readonly (string Manager, string Path)[] Foreign =
    [
        ("rpm", "/var/lib/rpm/Packages"), ("rpm", "/var/lib/rpm/rpmdb.sqlite"), ("rpm", "/usr/lib/sysimage/rpm/rpmdb.sqlite"), ("rpm", "/usr/lib/sysimage/rpm/Packages.db"), ("rpm", "/var/lib/rpmmanifest/container-manifest-2"),
        ("pacman", "/var/lib/pacman/local"),
        ("opkg", "/usr/lib/opkg/status"), ("opkg", "/var/lib/opkg/status"), ("xbps", "/var/db/xbps"), ("portage", "/var/db/pkg"), ("nix", "/nix/var/nix/db/db.sqlite"),
    ];

    private PackageFacts(FileFacts files)
    {
        List<InstalledPackage> all = [], leftovers = [];
        foreach (ControlParagraph stanza in Stanzas(files, Status))
        {
            InstalledPackage package = OfStanza(stanza, PackageManager.Dpkg);
            (package.State is "config-files" or "not-installed" ? leftovers : all).Add(package);
        }

        foreach ((string path, _) in files.Contents.Where(pair => pair.Key.StartsWith(Folder, StringComparison.Ordinal) && !pair.Key.EndsWith(".md5sums", StringComparison.Ordinal)))
        {
            all.AddRange(Stanzas(files, path).Select(stanza => OfStanza(stanza, PackageManager.Assembled)));
        }

        foreach (string path in (string[])["/" + ApkDatabase.Path, "/" + ApkDatabase.UsrPath])
        {
            if (files.Resolve(path) is not null && all.TrueForAll(package => package.Manager != PackageManager.Apk))
            {
                all.AddRange(ApkDatabase.Read(files.Read(path), path, "", Platform.LinuxAmd64).Select(OfApk));
            }
        }

        All = [.. all.OrderBy(package => package.Name, StringComparer.Ordinal).ThenBy(package => package.Architecture, StringComparer.Ordinal)];
        Leftovers = leftovers;
        Unread = [.. Foreign.Where(place => files.Resolve(place.Path) is not null).Select(place => place.Manager).Distinct()];
        Distribution = Distribution.Of(files.Read, path => files.Resolve(path)?.Path);
    }

    /// <summary>The packages of an image's files.</summary>
    /// <exception cref="BaseImage.Errors.BaseImageException">A database is damaged.</exception>
    public static PackageFacts Of(FileFacts files) => files.Derived(static files => new PackageFacts(files));

    /// <summary>The packages, in ordinal order of names, then architectures.</summary>
    public IReadOnlyList<InstalledPackage> All { get; }

    /// <summary>Packages that were removed and left configuration.</summary>
    public IReadOnlyList<InstalledPackage> Leftovers { get; }

    /// <summary>Package managers whose databases are there and are not read by this version.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>What the image says it is.</summary>
    public Distribution Distribution { get; }

    /// <summary>True where a package stands in a manager's database.</summary>
    public bool Has(PackageManager manager) => All.Any(package => package.Manager == manager);

    /// <summary>Why packages cannot be judged; null where they can.</summary>
    public string? Skipped => All.Count > 0 ? null
        : Unread.Count > 0 ? $"The database of {string.Join(" and ", Unread)} is there, and this version does not read it."
        : "The image has no package database.";

    private static IEnumerable<ControlParagraph> Stanzas(FileFacts files, string path)
        => Deb822Reader.ReadAll(files.Read(path), path).Where(stanza => !string.IsNullOrEmpty(stanza["Package"]));

    private static InstalledPackage OfStanza(ControlParagraph stanza, PackageManager manager)
    {
        string[] status = stanza.Words("Status");
        string version = stanza["Version"] ?? "";
        return new InstalledPackage
        {
            Manager = manager,
            Name = stanza["Package"]!,
            Source = (stanza["Source"] ?? stanza["Package"]!).Split(' ')[0],
            VersionText = version,
            Version = PackageVersion.TryParse(version, out PackageVersion? parsed) ? parsed : null,
            Architecture = stanza["Architecture"] ?? "",
            Section = stanza["Section"] ?? "",
            Wanted = status.Length == 3 ? status[0] : "",
            State = status.Length == 3 ? status[2] : "",
            IsBroken = status.Length == 3 && status[1] != "ok",
            IsEssential = stanza["Essential"] == "yes",
            Depends = [.. new[] { stanza["Pre-Depends"], stanza["Depends"] }.OfType<string>()],
            Provides = stanza["Provides"] ?? "",
            IsForeignAllowed = stanza["Multi-Arch"] is "foreign" or "allowed",
        };
    }

    private static InstalledPackage OfApk(ApkPackage package) => new()
    {
        Manager = PackageManager.Apk,
        Name = package.Package.Name,
        VersionText = package.Package.Version.ToString(),
        Version = package.Package.Version,
        Architecture = package.Package.Architecture,
        IsBroken = package.IsBroken,
        Depends = [package.Depends],
        Provides = package.Provides,
        Licence = package.Package.License,
    };
}
