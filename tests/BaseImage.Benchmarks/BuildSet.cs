using BaseImage.Engine.Definitions;

namespace BaseImage.Benchmarks;

/// <summary>
/// What is built: a definition with its lock, all its packages in a local mirror, a flat archive of the same packages for
/// the peer, and copies of the lock in which one package of some 300 KB is another each time. Made once a folder.
/// </summary>
internal sealed class BuildSet
{
    private const string Changed = "tzdata";
    private static readonly Dictionary<string, string> s_none = [];
    private readonly string _root;

    private BuildSet(string root) => _root = root;

    /// <summary>The definition's folder.</summary>
    internal string Definition => Path.Combine(_root, "definition");

    /// <summary>The mirror's folder.</summary>
    internal string Mirror => Path.Combine(_root, "mirror");

    /// <summary>The peer's archive: the packages of linux/amd64 in one folder, without relations, so that apt takes exactly these.</summary>
    internal string Flat => Path.Combine(_root, "flat");

    /// <summary>The packages' names, as <c>--include</c> wants them.</summary>
    internal string Names { get; private set; } = "";

    /// <summary>A definition's folder whose lock differs in one package; a new one for every number.</summary>
    internal string ChangedDefinition(int number) => Path.Combine(_root, $"changed-{number}");

    /// <summary>Makes what is not there yet.</summary>
    internal static async Task<BuildSet> PrepareAsync(string root, string? definition, int changes, Door door)
    {
        BuildSet set = new(root);
        if (!Directory.Exists(set.Mirror))
        {
            CopyFolder(definition ?? DefaultDefinition(root), set.Definition);
            string cache = Path.Combine(root, "preparation");
            await door.RunAsync($"$ErrorActionPreference = 'Stop'; Update-BaseImageLock '{set.Definition}'; Get-BaseImageLock '{set.Definition}' | Save-BaseImagePackage -DestinationPath '{set.Mirror}.new'", cache);
            Directory.Delete(cache, recursive: true);
            Directory.Move(set.Mirror + ".new", set.Mirror);
        }

        ImageLock imageLock = await new LockReader().ReadAsync(Directory.GetFiles(set.Definition, "*.lock.json")[0], CancellationToken.None);
        LockedPlatform amd64 = imageLock.Platforms.First(platform => platform.Platform == Platform.LinuxAmd64);
        set.Names = string.Join(',', amd64.Packages.Select(package => package.Name));
        if (!Directory.Exists(set.Flat))
        {
            Directory.CreateDirectory(set.Flat);
            foreach (LockedPackage package in amd64.Packages)
            {
                File.Copy(Path.Combine(set.Mirror, package.Archive, package.Path), Path.Combine(set.Flat, Path.GetFileName(package.Path)));
            }

            await Tool.RunAsync(s_none, set.Flat, "sh", "-c", "apt-ftparchive packages . | grep -vE '^(Depends|Pre-Depends|Recommends|Breaks|Conflicts|Replaces):' > Packages && apt-ftparchive release . > Release");
        }

        for (int i = 0; i < changes; i++)
        {
            if (!Directory.Exists(set.ChangedDefinition(i)))
            {
                await set.ChangeAsync(imageLock, i);
            }
        }

        return set;
    }

    private async Task ChangeAsync(ImageLock imageLock, int number)
    {
        LockedPackage old = imageLock.Platforms.SelectMany(platform => platform.Packages).First(package => package.Name == Changed);
        string path = old.Path.Replace("_all.deb", $"+changed{number}_all.deb", StringComparison.Ordinal), full = Path.Combine(Mirror, old.Archive, path);
        string tree = Path.Combine(_root, "tree");
        await Tool.RunAsync(s_none, _root, "sh", "-c", $"rm -rf '{tree}' && dpkg-deb -R '{Path.Combine(Mirror, old.Archive, old.Path)}' '{tree}' && sed -i 's/^Version: .*/&+changed{number}/' '{tree}/DEBIAN/control' && echo '# {number}' >> '{tree}/usr/share/zoneinfo/tzdata.zi' && dpkg-deb --root-owner-group -b '{tree}' '{full}' && rm -r '{tree}'");
        LockedPackage made = old with { Version = PackageVersion.Parse($"{old.Version}+changed{number}"), Path = path, Size = new FileInfo(full).Length, Sha256 = Digest.Of(await File.ReadAllBytesAsync(full)) };
        ImageLock changed = imageLock with
        {
            Platforms = [.. imageLock.Platforms.Select(platform => platform with { Packages = [.. platform.Packages.Select(package => package.Sha256 == old.Sha256 ? made : package)] })],
        };
        string folder = ChangedDefinition(number);
        CopyFolder(Definition, folder + ".new");
        await File.WriteAllBytesAsync(Path.Combine(folder + ".new", Path.GetFileName(imageLock.Path)), LockFormat.Write(changed));
        Directory.Move(folder + ".new", folder);
    }

    private static string DefaultDefinition(string root)
    {
        string example = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../examples/debian-dotnet"));
        if (Directory.Exists(example))
        {
            return example;
        }

        string folder = Directory.CreateDirectory(Path.Combine(root, "default")).FullName;
        File.WriteAllText(Path.Combine(folder, "dotnet.image.psd1"), """
            @{
                SchemaVersion = 1
                Name          = 'dotnet'
                From          = @{ Distribution = 'debian'; Suite = 'bookworm'; Updates = $true; Security = $true }
                Platforms     = 'linux/amd64', 'linux/arm64'
                Packages      = @{
                    'libc6' = 'C library'; 'libgcc-s1' = 'unwinding'; 'libstdc++6' = 'the runtime is C++'; 'libicu72' = 'cultures'; 'libssl3' = 'TLS'
                    'zlib1g' = 'compression'; 'ca-certificates' = 'TLS trust roots'; 'tzdata' = 'time zones'; 'libgssapi-krb5-2' = 'Negotiate'
                }
                Without       = @{ 'debconf' = 'scripts are not run'; 'openssl' = 'only used by update-ca-certificates' }
                Accounts      = @(@{ Name = 'app'; Uid = 1654; Gid = 1654; Home = '/home/app' })
                Config        = @{ User = '1654:1654' }
            }
            """);
        return folder;
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
