using BaseImage.Definitions;

namespace BaseImage.Engine.Packages;

/// <summary>What a lock alone says of its archives and files: enough to fetch what it pins by digest.</summary>
internal static class LockedArchives
{
    /// <summary>An archive of a lock. Its keyring, where it is known, only helps to find the mirror that apt is configured with.</summary>
    public static ArchiveSource SourceOf(ImageLock imageLock, string id)
    {
        string[] suites = [.. imageLock.Indexes.Where(i => i.Archive == id).Select(i => i.Suite).Distinct(StringComparer.Ordinal)];
        return new ArchiveSource { Id = id, Suites = suites, Keyring = DistributionArchives.KeyringOf(id, suites.FirstOrDefault() ?? ""), Architectures = DistributionArchives.ArchitecturesOf(id) };
    }

    /// <summary>A locked package as a file of its archive.</summary>
    public static ArchiveFile FileOf(LockedPackage package)
        => new($"Package {package.Name} {package.Version} ({package.Architecture})", package.Path, package.Size, package.Sha256);

    /// <summary>A locked package index as a file of its archive.</summary>
    public static ArchiveFile FileOf(LockedIndex index, LockedPackageIndex packages)
    {
        string folder = index.Path[..index.Path.LastIndexOf('/')], path = $"{folder}/{packages.Path}";
        return new ArchiveFile($"{index.Archive}:{path}", path, packages.Size, packages.Sha256, $"{path[..path.LastIndexOf('/')]}/by-hash/SHA256/{packages.Sha256.Hex}");
    }
}
