using System.Text;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Images;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Inspection;

public sealed class InspectionTests : IDisposable
{
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task FilesCarryOwnerPackageLayerAndLinks()
    {
        byte[] status = Encoding.UTF8.GetBytes("""
            Package: hello
            Status: install ok installed
            Architecture: amd64
            Source: hello-src (2:1.0-1)
            Version: 1:1.0-1+b2
            Installed-Size: 12
            Maintainer: Someone <s@example.org>

            Package: gone
            Status: deinstall ok config-files
            Version: 3

            Package: lib
            Status: hold ok installed
            Architecture: amd64
            Version: 0.5


            """);
        byte[] first = new TestTar()
            .Add("usr/", '5', mode: 0x1ED).Add("usr/bin/", '5', mode: 0x1ED).Add("bin", '2', link: "usr/bin")
            .Add("usr/bin/hello", content: "#!"u8.ToArray(), mode: 0x9ED, uid: 7, gid: 8, time: 5)
            .Add("usr/bin/hi", '1', link: "usr/bin/hello")
            .Add("usr/bin/made", content: "x"u8.ToArray())
            .Add("var/lib/dpkg/status", content: status)
            .Add("var/lib/dpkg/info/hello:amd64.list", content: "/.\n/usr\n/bin/hello\n/usr/bin/hi\n/nowhere\n/..\n"u8.ToArray())
            .ToArray();
        byte[] second = new TestTar().Add("etc/later", content: "y"u8.ToArray(), time: 1L << 32).ToArray();
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [first, second]));
        Dictionary<string, ImageFile> files = (await FilesAsync($"oci:{_room.Folder.Combine("i")}")).ToDictionary(f => f.Path, StringComparer.Ordinal);

        ImageFile hello = files["/usr/bin/hello"];
        Assert.Equal((0x9ED, 7L, 8L, 2L, "hello", 0, "-rwsr-xr-x"), ((int)hello.Mode, hello.Uid, hello.Gid, hello.Size, hello.Package, hello.Layer, hello.Permissions));
        Assert.Equal(Digest.Of("#!"u8), hello.Digest);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(5), hello.ModifiedTime);
        ImageFile hi = files["/usr/bin/hi"];
        Assert.Equal((ImageFileKind.HardLink, "/usr/bin/hello", hello.Digest, "hello"), (hi.Kind, hi.LinkTarget, hi.Digest, hi.Package));
        Assert.Equal(("", "usr/bin", ""), (files["/usr/bin/made"].Package, files["/bin"].LinkTarget, files["/usr"].Package));
        Assert.Equal(1, files["/etc/later"].Layer);
        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), (await FilesAsync($"oci:{_room.Folder.Combine("i")}")).Select(f => f.Path));

        IReadOnlyList<ImagePackage> packages = await PackagesAsync($"oci:{_room.Folder.Combine("i")}");
        Assert.Equal(["hello=1:1.0-1+b2", "lib=0.5"], packages.Select(p => p.ToString()));
        Assert.Equal(("hello-src", "2:1.0-1", 12 * 1024L), (packages[0].Source, packages[0].SourceVersion!.ToString(), packages[0].InstalledSize));
        Assert.StartsWith("oci:", packages[0].Image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DistrolessImagesSayTheirPackages()
    {
        byte[] tar = new TestTar()
            .Add("var/lib/dpkg/status.d/tzdata", content: "Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n"u8.ToArray())
            .Add("var/lib/dpkg/status.d/tzdata.md5sums", content: "d41d8cd98f00b204e9800998ecf8427e  usr/share/zone\nshort\n"u8.ToArray())
            .Add("usr/share/zone", content: []).ToArray();
        await _room.WriteAsync($"oci-archive:{_room.Folder.Combine("i.tar")}", TestImage.Of("i", [tar], Platform.LinuxAmd64, Platform.LinuxArm64), "x");
        IReadOnlyList<ImagePackage> packages = await PackagesAsync(_room.Folder.Combine("i.tar"));
        Assert.Equal(["linux/amd64 tzdata=2024a-0+deb12u1", "linux/arm64 tzdata=2024a-0+deb12u1"], packages.Select(p => $"{p.Platform} {p}"));
        Assert.Equal("tzdata", Assert.Single(await FilesAsync(_room.Folder.Combine("i.tar"), Platform.LinuxArm64), f => f.Path == "/usr/share/zone").Package);
        ImageNotFoundException error = await Assert.ThrowsAsync<ImageNotFoundException>(() => FilesAsync(_room.Folder.Combine("i.tar"), new Platform("linux", "s390x")));
        Assert.Contains("linux/arm64", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var/lib/pacman/local/x-1/desc", "pacman")]
    [InlineData("var/lib/rpm/rpmdb.sqlite", "rpm")]
    public async Task ForeignPackageManagersAreNotAnEmptyList(string path, string manager)
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [new TestTar().Add(path, content: "x"u8.ToArray()).ToArray()]));
        PackageDatabaseNotSupportedException error = await Assert.ThrowsAsync<PackageDatabaseNotSupportedException>(() => PackagesAsync($"oci:{_room.Folder.Combine("i")}"));
        Assert.Contains(manager, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await FilesAsync($"oci:{_room.Folder.Combine("i")}"));
    }

    [Theory]
    [InlineData("Package: a\nVersion: not a version\n")]
    [InlineData("Package: a\n")]
    [InlineData("no control data")]
    [InlineData("Package: a\nPackage: b\nVersion: 1\n")]
    public async Task ADamagedDatabaseIsNamedAndFilesAreListedAllTheSame(string status)
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [new TestTar().Add("var/lib/dpkg/status", content: Encoding.UTF8.GetBytes(status)).ToArray()]));
        BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => PackagesAsync($"oci:{_room.Folder.Combine("i")}"));
        Assert.Contains("/var/lib/dpkg/status", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await FilesAsync($"oci:{_room.Folder.Combine("i")}"));
    }

    [Fact]
    public async Task ContentIsKeptAndObservedOnRequest()
    {
        byte[] first = new TestTar().Add("etc/passwd", content: "root:x:0:0\n"u8.ToArray()).Add("etc/secret", content: "hidden"u8.ToArray()).ToArray();
        byte[] second = new TestTar().Add("etc/.wh.secret").ToArray();
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [first, second]));
        await using ImageInspection inspection = await ImageInspection.OpenAsync($"oci:{_room.Folder.Combine("i")}", null, _room.Paths, single: true, TestContext.Current.CancellationToken);
        List<string> seen = [];
        InspectedImage image = await Assert.Single(inspection.Items).ReadAsync(new InspectionOptions
        {
            Keep = entry => entry.Path.ToString() == "etc/passwd",
            Observe = (layer, entry) => new Seen(seen, layer),
        }, TestContext.Current.CancellationToken);
        Assert.Equal("root:x:0:0\n", Encoding.UTF8.GetString(image.ReadContent("/etc/passwd")!.Value.Span));
        Assert.Null(image.ReadContent("/etc/secret"));
        Assert.Contains("0 /etc/secret hidden", seen);
        Assert.Equal(["/etc", "/etc/passwd"], image.Files.Select(f => f.Path));
    }

    [Fact]
    public async Task SeveralImagesInOnePlaceNeedAName()
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:one", TestImage.Of("i", [TestImage.Tar("1")]));
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:two", TestImage.Of("i", [TestImage.Tar("2")]));
        ImageAmbiguousException error = await Assert.ThrowsAsync<ImageAmbiguousException>(() => FilesAsync($"oci:{_room.Folder.Combine("i")}"));
        Assert.Contains("two", error.RecommendedAction, StringComparison.Ordinal);
        Assert.NotEmpty(await FilesAsync($"oci:{_room.Folder.Combine("i")}:two"));
    }

    private async Task<IReadOnlyList<ImageFile>> FilesAsync(string reference, Platform? platform = null)
    {
        List<ImageFile> files = [];
        await foreach (ImageFile file in new ImageFileReading(() => _room.Paths).ReadAsync(reference, platform, TestContext.Current.CancellationToken))
        {
            files.Add(file);
        }

        return files;
    }

    private async Task<IReadOnlyList<ImagePackage>> PackagesAsync(string reference)
    {
        List<ImagePackage> packages = [];
        await foreach (ImagePackage package in new ImagePackageReading(() => _room.Paths).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            packages.Add(package);
        }

        return packages;
    }

    private sealed class Seen(List<string> lines, int layer) : IContentObserver
    {
        private readonly StringBuilder _text = new();

        public void Write(ReadOnlySpan<byte> bytes) => _text.Append(Encoding.UTF8.GetString(bytes));

        public void Completed(MergedFile file) => lines.Add($"{layer} {file} {_text}");
    }
}
