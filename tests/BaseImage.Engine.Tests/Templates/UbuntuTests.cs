using BaseImage.Engine.Building;
using BaseImage.Engine.Images;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Definitions;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Templates;

/// <summary>
/// Ubuntu's archive in its own layout: one Release file for two roots, each with the indexes of its own architectures;
/// pockets that all have the release's code name; main and universe; packages in zstd; hours of one digit.
/// </summary>
public sealed class UbuntuTests
{
    private const string Definition = """
        {
          "SchemaVersion": 1, "Name": "ubuntu-web", "From": { "Distribution": "ubuntu", "Suite": "noble" }, "Platforms": ["linux/amd64", "linux/arm64"],
          "Archives": [
            { "Id": "ubuntu", "Suites": ["noble", "noble-updates"], "Components": ["main", "universe"], "Keyring": "./test.pgp" },
            { "Id": "ubuntu-security", "Suites": "noble-security", "Components": ["main", "universe"], "Keyring": "./test.pgp" },
            { "Id": "ubuntu-ports", "Suites": ["noble", "noble-updates"], "Components": ["main", "universe"], "Keyring": "./test.pgp" },
            { "Id": "ubuntu-ports-security", "Suites": "noble-security", "Components": ["main", "universe"], "Keyring": "./test.pgp" }
          ],
          "Packages": { "app": "the service", "data": "of all architectures", "fixed": "by a security update", "newer": "by an update" },
          "Accounts": { "Name": "nonroot", "Uid": 65532 }, "Config": { "User": "65532:65532" }
        }
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_locked_from_both_roots_and_every_pocket_and_built_to_one_digest()
    {
        using TempFolder folder = new("ubuntu");
        ArchiveAccess access = Publish(folder);
        ImageDefinition definition = await DefinitionFixture.ReadAsync(folder, Definition, "web.image.json");
        LockPlan plan = await ResolveAsync(folder, definition, access);
        Assert.Equal(
            ["app 1.0 ubuntu", "data 1.0 ubuntu", "fixed 1.2 ubuntu-security", "newer 1.1 ubuntu"],
            plan.Lock.Platforms[0].Packages.Select(p => $"{p.Name} {p.Version} {p.Archive}"));
        Assert.Equal(
            ["app 1.0 ubuntu-ports", "data 1.0 ubuntu-ports", "fixed 1.2 ubuntu-ports-security", "newer 1.1 ubuntu-ports"],
            plan.Lock.Platforms[1].Packages.Select(p => $"{p.Name} {p.Version} {p.Archive}"));
        Assert.Equal(
            ["ubuntu noble", "ubuntu noble-updates", "ubuntu-ports noble", "ubuntu-ports noble-updates", "ubuntu-ports-security noble-security", "ubuntu-security noble-security"],
            plan.Lock.Indexes.Select(index => $"{index.Archive} {index.Suite}").Order(StringComparer.Ordinal));
        Assert.All(plan.Lock.Indexes, index => Assert.All(index.PackageIndexes, packages => Assert.Contains(index.Archive.Contains("ports", StringComparison.Ordinal) ? "binary-arm64" : "binary-amd64", packages.Path, StringComparison.Ordinal)));
        Assert.All(plan.Lock.Indexes, index => Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), index.Date));

        ContainerImage first = await BuildAsync(folder, "first", definition, plan.Lock, access);
        ContainerImage second = await BuildAsync(folder, "second", definition, plan.Lock, access);
        Assert.Equal(first.Digest, second.Digest);
        List<ImageFile> files = [];
        await foreach (ImageFile file in TemplateImages.Engine.Files.ReadAsync(first.Reference, null, Stop))
        {
            files.Add(file);
        }

        Assert.Equal(2, files.Count(file => file.Path == "/usr/lib/os-release"));
        Assert.Equal(2, files.Count(file => file.Path == "/usr/bin/app" && file.Package == "app"));
    }

    [Fact]
    public async Task A_pocket_cannot_stand_in_for_another()
    {
        using TempFolder folder = new("ubuntu");
        ArchiveAccess access = Publish(folder);
        string dists = folder.Combine("mirror", "ubuntu", "dists");
        File.Copy(Path.Combine(dists, "noble", "InRelease"), Path.Combine(dists, "noble-updates", "InRelease"), overwrite: true);
        ImageDefinition definition = await DefinitionFixture.ReadAsync(folder, Definition, "web.image.json");
        ReleaseNotWantedException error = await Assert.ThrowsAsync<ReleaseNotWantedException>(() => ResolveAsync(folder, definition, access));
        Assert.Contains("noble-updates", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_serves_none_of_the_platforms_is_not_asked()
    {
        using TempFolder folder = new("ubuntu");
        ArchiveAccess access = Publish(folder);
        Directory.Delete(folder.Combine("mirror", "ubuntu-ports"), recursive: true);
        ImageDefinition definition = await DefinitionFixture.ReadAsync(folder, Definition.Replace(", \"linux/arm64\"", "", StringComparison.Ordinal), "web.image.json");
        LockPlan plan = await ResolveAsync(folder, definition, access);
        Assert.Equal(["ubuntu", "ubuntu-security"], plan.Lock.Indexes.Select(index => index.Archive).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_from_stands_for_is_signed_by_Ubuntus_own_key()
    {
        using TempFolder folder = new();
        string text = Definition[..Definition.IndexOf("\"Archives\"", StringComparison.Ordinal)] + Definition[Definition.IndexOf("\"Packages\"", StringComparison.Ordinal)..];
        ImageDefinition definition = await DefinitionFixture.ReadAsync(folder, text, "web.image.json");
        Assert.Equal(
            ["ubuntu: noble noble-updates", "ubuntu-security: noble-security", "ubuntu-ports: noble noble-updates", "ubuntu-ports-security: noble-security"],
            definition.Archives.Select(archive => $"{archive.Id}: {string.Join(' ', archive.Suites)}"));
        Assert.All(definition.Archives, archive => Assert.Equal("main universe, signed by ubuntu-noble", $"{string.Join(' ', archive.Components)}, signed by {archive.Keyring}"));
        foreach (string suite in new[] { "jammy", "noble" })
        {
            Assert.Equal(["F6ECB3762474EDA9D21B7022871920D1991BC93C"], (await Keyrings.LoadAsync("ubuntu-" + suite, Stop)).Fingerprints);
        }
    }

    [Fact]
    public async Task Apts_sources_are_told_apart_though_both_roots_sign_the_same()
    {
        using TempFolder folder = new("ubuntu");
        Publish(folder);
        string apt = folder.Combine("apt"), main = folder.Combine("mirror", "ubuntu"), ports = folder.Combine("mirror", "ubuntu-ports");
        Directory.CreateDirectory(Path.Combine(apt, "sources.list.d"));
        await File.WriteAllTextAsync(Path.Combine(apt, "sources.list.d", "ubuntu.sources"),
            $"Types: deb\nURIs: file:{main}\nSuites: noble noble-updates noble-security\nComponents: main universe\n\nTypes: deb\nURIs: file:{ports}\nSuites: noble noble-updates noble-security\nComponents: main universe\n", Stop);
        Mirrors mirrors = new() { Access = new ArchiveAccess(), AptFolder = apt, Environment = _ => null };
        ImageDefinition definition = await DefinitionFixture.ReadAsync(folder, Definition, "web.image.json");
        foreach (ArchiveSource archive in definition.Archives)
        {
            List<string?> folders = [];
            await foreach (Mirror mirror in mirrors.ForAsync(archive, (mirror, path, _) => Task.FromResult(File.Exists(Path.Combine(mirror.Folder!, path)) ? File.ReadAllBytes(Path.Combine(mirror.Folder!, path)) : null), Stop))
            {
                folders.Add(mirror.Folder);
            }

            Assert.Equal([archive.Id.Contains("ports", StringComparison.Ordinal) ? ports : main], folders);
        }
    }

    [Fact]
    public async Task The_security_pocket_is_served_along_with_the_archive_unless_it_has_a_mirror_of_its_own()
    {
        Mirrors mirrors = new() { Access = new ArchiveAccess(), AptFolder = null, Environment = name => name switch { "BASEIMAGE_MIRROR_UBUNTU" => "http://one.example/ubuntu", "BASEIMAGE_MIRROR_UBUNTU_PORTS_SECURITY" => "http://two.example/ports", _ => null } };
        async Task<string> FirstAsync(string id)
        {
            await foreach (Mirror mirror in mirrors.ForAsync(new ArchiveSource { Id = id, Suites = ["noble-security"] }, (_, _, _) => Task.FromResult<byte[]?>(null), Stop))
            {
                return mirror.Name;
            }

            return "";
        }

        Assert.Equal(["http://one.example/ubuntu", "http://one.example/ubuntu", "", "http://two.example/ports"], [await FirstAsync("ubuntu"), await FirstAsync("ubuntu-security"), await FirstAsync("ubuntu-ports"), await FirstAsync("ubuntu-ports-security")]);
    }

    // Both roots have the whole pool and the same signed Release files; the indexes are split.
    private static ArchiveAccess Publish(TempFolder folder)
    {
        string mirror = folder.Combine("mirror");
        TestArchive Pocket(string suite) => new(mirror, "ubuntu", suite)
        {
            Origin = "Ubuntu", Label = "Ubuntu", SuiteName = suite, Codename = "noble", Components = ["main", "universe"], DateText = "Tue, 02 Jan 2024  3:04:05 UTC",
        };
        TestDeb Deb(string name, string version, string architecture) => new TestDeb(name, version, architecture) { DataCompression = "zst", ControlCompression = "zst" }.File("usr/bin/" + name, version);

        TestArchive release = Pocket("noble"), updates = Pocket("noble-updates"), security = Pocket("noble-security");
        release.Add(Deb("data", "1.0", "all"), "universe");
        foreach (string architecture in new[] { "amd64", "arm64" })
        {
            release.Add(Deb("app", "1.0", architecture), "universe").Add(Deb("fixed", "1.0", architecture)).Add(Deb("newer", "1.0", architecture));
            updates.Add(Deb("newer", "1.1", architecture)).Add(Deb("fixed", "1.1", architecture));
            security.Add(Deb("fixed", "1.2", architecture));
        }

        foreach (TestArchive pocket in new[] { release, updates, security })
        {
            pocket.Write();
        }

        string main = Path.Combine(mirror, "ubuntu"), ports = Path.Combine(mirror, "ubuntu-ports");
        foreach (string file in Directory.EnumerateFiles(main, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray())
        {
            string copy = Path.Combine(ports, Path.GetRelativePath(main, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (!file.Contains("binary-amd64", StringComparison.Ordinal))
            {
                File.Copy(file, copy);
            }

            if (file.Contains("binary-arm64", StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }

        File.WriteAllBytes(folder.Combine("test.pgp"), release.Key.Public);
        return new ArchiveAccess { Mirrors = [new("ubuntu", main), new("ubuntu-ports", ports)], Offline = true };
    }

    private static async Task<LockPlan> ResolveAsync(TempFolder folder, ImageDefinition definition, ArchiveAccess access)
        => await new LockResolver(null, () => BaseImagePaths.FromEnvironment() with { CacheRoot = folder.Combine("cache") }, NoBases.Instance).ResolveAsync(definition, access, null, SilentReporter.Instance, Stop);

    private static async Task<ContainerImage> BuildAsync(TempFolder folder, string name, ImageDefinition definition, ImageLock imageLock, ArchiveAccess access)
    {
        using ContentCache cache = ContentCache.Open(folder.Combine(name));
        ImageBuilder builder = new(() => cache, (r, c, reporter) => new MirroredPackages(r, null, c, reporter), ImageDestinations.Parse, NoBases.OpenAsync, NoBases.Trust);
        return await builder.BuildAsync(new BuildRequest { Definition = definition, Lock = imageLock, Access = access, Destinations = ["oci:" + folder.Combine(name + "-out")] }, SilentReporter.Instance, Stop);
    }
}
