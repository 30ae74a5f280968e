using System.Text;
using BaseImage.Documents;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

public sealed class MirrorsTests
{
    private static readonly ArchiveSource Debian = new() { Id = "debian", Suites = ["bookworm", "bookworm-updates"], Keyring = "debian-bookworm" };

    private static async Task<List<string>> NamesAsync(Mirrors mirrors, ArchiveSource? archive = null)
    {
        List<string> names = [];
        await foreach (Mirror mirror in mirrors.ForAsync(archive ?? Debian, (_, _, _) => Task.FromResult<byte[]?>(null), CancellationToken.None))
        {
            names.Add(mirror.Name);
        }

        return names;
    }

    [Fact]
    public async Task The_command_line_replaces_every_other_setting()
    {
        Mirrors mirrors = new()
        {
            Access = new ArchiveAccess { Mirrors = [new("debian", "http://one.example/d"), new("debian", "https://two.example/"), new("", "http://any.example")] },
            Environment = _ => "http://environment.example", AptFolder = null, SnapshotTime = DateTimeOffset.UnixEpoch,
        };
        Assert.Equal(["http://one.example/d", "https://two.example"], await NamesAsync(mirrors));
        Assert.Equal(["http://any.example", "http://any.example/debian-security"], await NamesAsync(mirrors, Debian with { Id = "debian-security" }));
    }

    [Fact]
    public async Task The_environment_goes_before_settings_files_and_those_before_the_snapshot()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("user.psd1"), "");
        Mirrors mirrors = new()
        {
            Access = new ArchiveAccess(), AptFolder = null, SnapshotTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Environment = name => name == "BASEIMAGE_MIRROR_DEBIAN" ? "http://environment.example" : null,
            ConfigFiles = [folder.Combine("user.psd1"), folder.Combine("absent.psd1")], DataFiles = new Config("http://config.example"),
        };
        Assert.Equal(["http://environment.example", "http://config.example", "https://snapshot.debian.org/archive/debian/20260102T030405Z"], await NamesAsync(mirrors));
        Assert.Equal(["https://snapshot.debian.org/archive/debian-security/20260102T030405Z"], await NamesAsync(mirrors, Debian with { Id = "debian-security" }));
        Assert.Equal("BASEIMAGE_MIRROR_DEBIAN_SECURITY", Mirrors.VariableOf("debian-security"));
    }

    [Theory]
    [InlineData("ftp://x.example/")]
    [InlineData("relative/folder")]
    [InlineData("/does/not/exist/anywhere")]
    [InlineData("http://")]
    [InlineData("http://x.example/?q")]
    public void A_setting_that_is_no_mirror_is_named_with_its_place(string value)
        => Assert.Contains("BASEIMAGE_MIRROR_X", Assert.Throws<MirrorSettingInvalidException>(() => Mirror.Parse(value, "x", false, "BASEIMAGE_MIRROR_X")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_of_several_archives_is_entered_and_one_of_a_single_archive_is_not()
    {
        using TempFolder folder = new("mirror ä");
        Directory.CreateDirectory(folder.Combine("debian", "dists"));
        foreach (string prefix in new[] { "", "file:", "file://", "copy:" })
        {
            Assert.Equal(folder.Combine("debian"), Mirror.Parse(prefix + folder.Path, "debian", false, "")[0].Folder);
            Assert.Equal(folder.Path, Mirror.Parse(prefix + folder.Path, "debian-security", false, "")[0].Folder);
        }
    }

    [Fact]
    public async Task Apts_sources_are_told_apart_by_what_they_sign_and_not_by_what_they_are_called()
    {
        using TempFolder folder = new();
        // Three folders, none named for what it is: another's archive with the same suite, the security archive, Debian's own.
        TestArchive foreign = new(folder.Combine("a"), "x") { Key = TestKey.Ed25519(40), Origin = "Other" };
        TestArchive security = new(folder.Combine("b"), "x", "bookworm-security") { Label = "Debian-Security" };
        TestArchive own = new(folder.Combine("c"), "x");
        foreach (TestArchive archive in new[] { foreign, security, own })
        {
            archive.Add(new TestDeb()).Write();
        }

        string apt = folder.Combine("apt");
        Directory.CreateDirectory(Path.Combine(apt, "sources.list.d"));
        await File.WriteAllTextAsync(Path.Combine(apt, "sources.list"), $"# one-line\ndeb [arch=amd64 signed-by=/x] copy:{foreign.Root} bookworm main\ndeb-src file:{own.Root} bookworm main\ndeb cdrom:[x]/ bookworm main\n");
        await File.WriteAllTextAsync(Path.Combine(apt, "sources.list.d", "b.sources"), $"Types: deb\nURIs: file:{security.Root}\nSuites: bookworm-security\nComponents: main\n\nEnabled: no\nTypes: deb\nURIs: file:/nowhere\nSuites: bookworm\n\nTypes: deb\nURIs: file:{own.Root}\nSuites: bookworm\nComponents: main\n");
        await File.WriteAllTextAsync(Path.Combine(apt, "sources.list.d", "broken.list"), "nonsense\n");

        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        Mirrors mirrors = new() { Access = new ArchiveAccess { Offline = true }, Environment = _ => null, AptFolder = apt };
        using ArchiveClient client = new(mirrors, cache, SilentReporter.Instance);
        FetchedRelease debian = await client.FetchReleaseAsync(own.Source with { Id = "debian" }, "bookworm", CancellationToken.None);
        Assert.Equal(own.Root, debian.Mirror.Folder);
        FetchedRelease other = await client.FetchReleaseAsync(security.Source with { Id = "debian-security" }, "bookworm-security", CancellationToken.None);
        Assert.Equal(security.Root, other.Mirror.Folder);
    }

    [Fact]
    public void Both_styles_of_apt_sources_are_read()
    {
        AptSource line = Assert.Single(AptSources.ReadList("# x\n\ndeb [ arch=amd64,arm64 signed-by=/k.gpg trusted=yes ] http://a.example/d  bookworm main contrib # why\n"u8.ToArray(), "f"));
        Assert.Equal(("http://a.example/d", "bookworm", 3), (line.Uri, line.Suite, line.Line));
        Assert.Equal(["main", "contrib"], line.Components);
        Assert.Equal(["amd64", "arm64"], line.Architectures);
        Assert.Equal(["/k.gpg"], line.SignedBy);

        IReadOnlyList<AptSource> sources = AptSources.ReadSources(Encoding.UTF8.GetBytes("# c\r\nTypes: deb deb-src\r\nURIs: http://a.example http://b.example\r\nSuites: s1\n s2\nComponents: main\nArchitectures: arm64\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n AAAA\n -----END PGP PUBLIC KEY BLOCK-----\n\nTypes: deb-src\nURIs: x\nSuites: y\n"), "f");
        Assert.Equal(["http://a.example s1", "http://a.example s2", "http://b.example s1", "http://b.example s2"], sources.Select(s => $"{s.Uri} {s.Suite}"));
        Assert.Equal("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n", sources[0].EmbeddedKey);
    }

    private sealed class Config(string mirror) : IReadDataFile
    {
        public DataDocument Read(string path)
        {
            SourcePosition at = new(path, 1, 1);
            DataScalar value = new(at, mirror, mirror);
            DataTable byArchive = new(at, [new DataEntry("debian", at, value)]);
            return new DataDocument(path, new DataTable(at, [new DataEntry("Mirrors", at, byArchive)]), []);
        }
    }
}
