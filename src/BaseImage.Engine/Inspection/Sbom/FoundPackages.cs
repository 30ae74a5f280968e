using BaseImage.Engine.Inspection.Languages;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>The packages of languages in a bill of materials: whose files are whose, who needs whom, and which came inside a package of the system.</summary>
internal sealed class FoundPackages
{
    private readonly Dictionary<LayerPath, SbomPackage> _folders = [];
    private readonly Dictionary<LayerPath, SbomPackage> _files = [];
    private readonly Dictionary<LayerPath, Dictionary<string, SbomPackage>> _roots = [];

    private FoundPackages(IReadOnlyList<SbomPackage> packages) => Packages = packages;

    /// <summary>The packages, in the order in which they were found.</summary>
    internal IReadOnlyList<SbomPackage> Packages { get; }

    /// <summary>Puts them together.</summary>
    internal static FoundPackages Of(IReadOnlyList<LanguagePackage> found, Distribution distribution, InspectedImage image, SystemPackages system)
    {
        SbomPackage[] packages = [.. found.Select(one => Describe(one, distribution))];
        FoundPackages all = new(packages);
        foreach ((LanguagePackage one, SbomPackage package) in found.Zip(packages))
        {
            if (one.Folder is { } folder)
            {
                all._folders.TryAdd(folder, package);
            }

            foreach (LayerPath file in one.Files)
            {
                all._files.TryAdd(image.Merged.Resolve(file)?.Path ?? file, package);
            }

            if (!all._roots.TryGetValue(one.Root, out Dictionary<string, SbomPackage>? root))
            {
                all._roots[one.Root] = root = new Dictionary<string, SbomPackage>(StringComparer.Ordinal);
            }

            root.TryAdd(one.Key, package);
            package.Within = system.OwnerOf(image.Database.OwnerOf(one.File));
        }

        foreach ((LanguagePackage one, SbomPackage package) in found.Zip(packages))
        {
            foreach (string name in one.Depends)
            {
                if (all.Find(one, name) is { } needed && needed != package)
                {
                    package.DependsOn[needed.Id] = needed;
                }
            }
        }

        return all;
    }

    /// <summary>The package that a file came with: the one that lists it, else that of the nearest folder above; null for none.</summary>
    internal SbomPackage? OwnerOf(LayerPath path)
    {
        if (_files.TryGetValue(path, out SbomPackage? owner) || _folders.Count == 0)
        {
            return owner;
        }

        for (LayerPath folder = path.Parent; !folder.IsRoot; folder = folder.Parent)
        {
            if (_folders.TryGetValue(folder, out owner))
            {
                return owner;
            }
        }

        return null;
    }

    // Node looks into the package's own node_modules, then into those of the folders above; the others into their own place.
    private SbomPackage? Find(LanguagePackage from, string key)
    {
        if (from.Package.Ecosystem != PackageEcosystem.Npm)
        {
            return _roots[from.Root].GetValueOrDefault(key);
        }

        for (LayerPath folder = from.Folder!.Value; ; folder = folder.Parent)
        {
            LayerPath modules = folder.Name.ToString() == "node_modules" || folder == from.Root ? folder : folder.Append("node_modules");
            if (_roots.TryGetValue(modules, out Dictionary<string, SbomPackage>? root) && root.TryGetValue(key, out SbomPackage? found))
            {
                return found;
            }

            if (folder.IsRoot)
            {
                return null;
            }
        }
    }

    private static SbomPackage Describe(LanguagePackage one, Distribution distribution)
    {
        ImagePackage package = one.Package with { PackageUrl = PackageUrls.Of(one.Package, distribution) };
        return new SbomPackage
        {
            Package = package,
            Id = SbomIds.Package(package),
            Licence = one.Licence,
            Homepage = one.Homepage,
            Summary = one.Summary,
            Checksums = one.Sha512.Length > 0 ? [("SHA512", one.Sha512)] : [],
        };
    }
}
