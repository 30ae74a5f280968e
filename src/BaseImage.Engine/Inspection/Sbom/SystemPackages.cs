using BaseImage.Engine.Inspection.Languages;
using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>The packages that a database of the system lists: dpkg's and apk's.</summary>
internal sealed class SystemPackages
{
    private readonly Dictionary<string, SbomPackage> _byName = new(StringComparer.Ordinal);
    private readonly List<SbomPackage> _packages = [];
    private readonly List<string> _remarks = [];

    private SystemPackages()
    {
    }

    /// <summary>The packages, in the order of their databases.</summary>
    internal IReadOnlyList<SbomPackage> Packages => _packages;

    /// <summary>What could not be read, a sentence each.</summary>
    internal IReadOnlyList<string> Remarks => _remarks;

    /// <summary>The package of that name; null for none. Two architectures of one package share their files.</summary>
    internal SbomPackage? OwnerOf(string name) => name.Length == 0 ? null : _byName.GetValueOrDefault(name);

    /// <summary>Reads the databases.</summary>
    /// <exception cref="Errors.BaseImageException">A database is damaged.</exception>
    internal static SystemPackages Read(InspectedImage image, Distribution distribution, LockedPlatform? locked)
    {
        SystemPackages packages = new();
        packages.ReadDpkg(image, distribution, locked);
        packages.ReadApk(image, distribution);
        return packages;
    }

    private void ReadDpkg(InspectedImage image, Distribution distribution, LockedPlatform? locked)
    {
        ILookup<string, LockedPackage>? known = locked?.Packages.ToLookup(package => package.ToString(), StringComparer.Ordinal);
        List<(ControlParagraph Stanza, SbomPackage Package)> read = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (ControlParagraph stanza in PackageDatabase.DpkgStanzas(image.Merged, image.Reference))
        {
            ImagePackage package = DpkgStanza.Describe(stanza, image.Reference, image.Platform);
            package = package with { PackageUrl = PackageUrls.Of(package, distribution) };
            string id = SbomIds.Package(package);
            if (!ids.Add(id))
            {
                // A database of stanzas and one of dpkg may both list it.
                continue;
            }

            LicenceClaim licence = Copyright(image, package.Name);
            LockedPackage? source = known?[$"{package.Name}:{package.Architecture}={package.Version}"].FirstOrDefault();
            SbomPackage described = new()
            {
                Package = package with { License = licence.Expression },
                Id = id,
                Licence = licence,
                Homepage = PackageText.Address(stanza["Homepage"]),
                Summary = PackageText.Line((stanza["Description"] ?? "").Split('\n')[0]),
                Checksums = source is null ? [] : [("SHA256", source.Sha256.Hex)],
                ArchivePath = source?.Path ?? "",
            };
            read.Add((stanza, described));
            Add(described);
        }

        DpkgRelations relations = new([.. read]);
        foreach ((ControlParagraph stanza, SbomPackage package) in read)
        {
            foreach (SbomPackage needed in relations.Needs(stanza, package, _remarks))
            {
                package.DependsOn[needed.Id] = needed;
            }
        }
    }

    private void ReadApk(InspectedImage image, Distribution distribution)
    {
        Dictionary<string, SbomPackage> provides = new(StringComparer.Ordinal);
        List<(ApkPackage Apk, SbomPackage Package)> read = [];
        foreach (ApkPackage apk in image.Database.Apk)
        {
            ImagePackage package = apk.Package with { PackageUrl = PackageUrls.Of(apk.Package, distribution) };
            LicenceClaim licence = LicenceClaim.OfField(package.License, "/" + ApkDatabase.Path);
            SbomPackage described = new() { Package = package, Id = SbomIds.Package(package), Licence = licence };
            read.Add((apk, described));
            Add(described);
            provides[package.Name] = described;
        }

        foreach ((ApkPackage apk, SbomPackage package) in read)
        {
            foreach (string word in Words(apk.Provides))
            {
                provides.TryAdd(word, package);
            }
        }

        foreach ((ApkPackage apk, SbomPackage package) in read)
        {
            foreach (SbomPackage needed in Words(apk.Depends).Select(word => provides.GetValueOrDefault(word)).OfType<SbomPackage>().Where(needed => needed != package))
            {
                package.DependsOn[needed.Id] = needed;
            }
        }
    }

    // name>=1, so:libc.so=1, !conflict; what was installed satisfies what was asked for, so the name alone is enough.
    private static IEnumerable<string> Words(string field)
        => field.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word => word[0] != '!').Select(word => word.IndexOfAny(['<', '>', '=', '~', '@']) is var at and > 0 ? word[..at] : word);

    private void Add(SbomPackage package)
    {
        _packages.Add(package);
        _byName.TryAdd(package.Package.Name, package);
    }

    // Several packages of a source may share the folder, which is then a link to another's.
    private LicenceClaim Copyright(InspectedImage image, string package)
    {
        if (!LayerPath.TryCreate(global::System.Text.Encoding.UTF8.GetBytes($"usr/share/doc/{package}/copyright"), out LayerPath path) || image.Merged.Resolve(path) is not { Entry.Kind: ImageFileKind.File } file)
        {
            return LicenceClaim.None;
        }

        if (file.Content is { } content)
        {
            return CopyrightFile.Read(content, file.ToString(), package);
        }

        _remarks.Add($"'{file}' was not read: it is larger than 1 MiB.");
        return LicenceClaim.None;
    }
}
