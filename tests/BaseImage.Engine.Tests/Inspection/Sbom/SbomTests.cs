using System.Text;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Images;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Inspection.Sbom;

public sealed class SbomTests : IDisposable
{
    private const string Status = """
        Package: hello
        Status: install ok installed
        Architecture: amd64
        Source: hello-src (2:1.0-1)
        Version: 1:1.0-1+b2
        Maintainer: Hello Maintainers <hello@example.org>
        Depends: libhello (>= 1) | libother, perl:any, provided
        Homepage: https://example.org/hello
        Description: says hello
         and more

        Package: gone
        Status: deinstall ok config-files
        Version: 3

        Package: libhello
        Status: install ok installed
        Architecture: amd64
        Version: 1.2
        Maintainer: Jo Doe <jo@example.org>
        Provides: provided

        """;

    private readonly ImageRoom _room = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task BothFormatsAreValidAndSayWhatTheImageHolds()
    {
        string image = await MixedAsync(_room, "i");
        IReadOnlyList<string> files = await ExportAsync(image, "a.spdx.json", "a.cdx.json");
        await SbomCheck.ValidAsync(files);
        JObject spdx = Read(files[0]), cdx = Read(files[1]);

        JObject hello = Package(spdx, "hello");
        Assert.Equal("pkg:deb/debian/hello@1:1.0-1%2Bb2?arch=amd64&distro=debian-12&upstream=hello-src%402:1.0-1", (string)hello["externalRefs"]![0]!["referenceLocator"]!);
        Assert.Equal(("Organization: Hello Maintainers (hello@example.org)", "https://example.org/hello", "says hello", "INSTALL"), ((string)hello["supplier"]!, (string)hello["homepage"]!, (string)hello["summary"]!, (string)hello["primaryPackagePurpose"]!));
        Assert.Equal("Person: Jo Doe (jo@example.org)", (string)Package(spdx, "libhello")["supplier"]!);
        Assert.StartsWith("Apache-2.0 AND (GPL-2.0-or-later OR LicenseRef-Artistic-", (string)hello["licenseDeclared"]!, StringComparison.Ordinal);
        Assert.Contains("CONTAINS SPDXRef-OperatingSystem", Relations(spdx, "SPDXRef-Image"));
        Assert.Equal(["CONTAINS /usr/bin/hello", "CONTAINS /usr/share/doc/hello/copyright", "DEPENDS_ON libhello", "GENERATED_FROM hello-src"], Relations(spdx, (string)hello["SPDXID"]!));
        Assert.DoesNotContain(spdx["packages"]!, p => (string)p["name"]! == "gone");

        // Node looks beside the package first; Python's and .NET's find one another by their own names.
        Assert.Contains("DEPENDS_ON @s/inner", Relations(spdx, (string)Package(spdx, "outer")["SPDXID"]!));
        Assert.Contains("DEPENDS_ON Other.Lib", Relations(spdx, (string)Package(spdx, "flask-ish")["SPDXID"]!));
        Assert.Contains("DEPENDS_ON Lib.B", Relations(spdx, (string)Package(spdx, "Lib.A")["SPDXID"]!));
        Assert.Contains("CONTAINS /app/Lib.A.dll", Relations(spdx, (string)Package(spdx, "Lib.A")["SPDXID"]!));
        Assert.Contains("CONTAINS /usr/lib/python3/dist-packages/flaskish/__init__.py", Relations(spdx, (string)Package(spdx, "flask-ish")["SPDXID"]!));
        Assert.Equal(["MIT", "BSD-3-Clause", "Apache-2.0 OR MIT"], new[] { "outer", "flask-ish", "Packed.Lib" }.Select(name => (string)Package(spdx, name)["licenseDeclared"]!));
        Assert.Equal(Convert.ToHexString(new byte[64]).ToLowerInvariant(), (string)Package(spdx, "Lib.A")["checksums"]![0]!["checksumValue"]!);

        // What a later layer took away or put in another's place is not there; what belongs to nobody is.
        Assert.DoesNotContain("removed", spdx.ToString(), StringComparison.Ordinal);
        Assert.Contains("CONTAINS /etc/synthesised", Relations(spdx, "SPDXRef-Image"));
        Assert.Equal(Packages(spdx), (IEnumerable<string>)[.. cdx["components"]!.Where(c => (string)c["type"]! == "library").Select(c => (string)c["purl"]!).Order(StringComparer.Ordinal)]);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task TheSameImageGivesTheSameBytesWhereverItLies()
    {
        IReadOnlyList<string> here = await ExportAsync(await MixedAsync(_room, "here"), "1.spdx.json", "1.cdx.json"), there = await ExportAsync(await MixedAsync(_room, "there/else"), "2.spdx.json", "2.cdx.json");
        Assert.Equal(await File.ReadAllBytesAsync(here[0], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(there[0], TestContext.Current.CancellationToken));
        Assert.Equal(await File.ReadAllBytesAsync(here[1], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(there[1], TestContext.Current.CancellationToken));
        Assert.Matches("https://spdx.org/spdxdocs/sha256-[0-9a-f]+-[0-9a-f-]{36}", (string)Read(here[0])["documentNamespace"]!);
        Assert.NotEqual((string)Read(here[1])["serialNumber"]!, (string)Read((await ExportAsync(await SmallAsync("small"), "3.cdx.json"))[0])["serialNumber"]!);
    }

    [Fact]
    public async Task PackagesAloneAreTheSamePackages()
    {
        string image = await MixedAsync(_room, "i");
        string all = (await ExportAsync(image, "all.spdx.json"))[0];
        string alone = (await Exporter.ExportAsync(new SbomRequest { Image = image, Paths = [_room.Folder.Combine("alone.spdx.json")], PackagesOnly = true }, new Listener(_warnings), TestContext.Current.CancellationToken))[0];
        await SbomCheck.ValidAsync([all, alone]);
        Assert.Equal(Packages(Read(all)), Packages(Read(alone)));
        Assert.Null(Read(alone)["files"]);
    }

    [Fact]
    public async Task TheLockGivesPackagesTheirSums()
    {
        string image = await SmallAsync("i");
        LockedPackage package = new() { Name = "libhello", Version = new PackageVersion("1.2"), Architecture = "amd64", Archive = "debian", Path = "pool/libh/libhello.deb", Size = 1, Sha256 = Digest.Of("deb"u8), Source = "libhello", SourceVersion = new PackageVersion("1.2") };
        ImageLock imageLock = new() { Name = "x", DefinitionDigest = default, SnapshotTime = default, Epoch = default, Compressor = "", Indexes = [], Platforms = [new LockedPlatform(Platform.LinuxAmd64, [package])] };
        IReadOnlyList<string> files = await Exporter.ExportAsync(new SbomRequest { Image = image, Paths = [_room.Folder.Combine("a.spdx.json"), _room.Folder.Combine("a.cdx.json")], Lock = imageLock }, new Listener(_warnings), TestContext.Current.CancellationToken);
        await SbomCheck.ValidAsync(files);
        Assert.Equal((Digest.Of("deb"u8).Hex, "pool/libh/libhello.deb"), ((string)Package(Read(files[0]), "libhello")["checksums"]![0]!["checksumValue"]!, (string)Package(Read(files[0]), "libhello")["packageFileName"]!));
        Assert.Null(Package(Read(files[0]), "hello")["checksums"]);
    }

    [Fact]
    public async Task PlatformsAndFoldersGetFilesOfTheirOwn()
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("m")}:web", TestImage.Of("web", [new TestTar().Add("etc/x", content: "y"u8.ToArray()).ToArray()], Platform.LinuxAmd64, Platform.LinuxArm64));
        string folder = _room.Folder.Combine("out") + Path.DirectorySeparatorChar;
        IReadOnlyList<string> files = await Exporter.ExportAsync(new SbomRequest { Image = $"oci:{_room.Folder.Combine("m")}", Paths = [folder, _room.Folder.Combine("x.json")], Formats = [SbomFormat.CycloneDx] }, new Listener(_warnings), TestContext.Current.CancellationToken);
        Assert.Equal(["m.linux-amd64.cdx.json", "m.linux-arm64.cdx.json", "x.linux-amd64.json", "x.linux-arm64.json"], files.Select(Path.GetFileName));
        SbomPathTakenException taken = await Assert.ThrowsAsync<SbomPathTakenException>(() => Exporter.ExportAsync(new SbomRequest { Image = $"oci:{_room.Folder.Combine("m")}", Paths = [folder], Formats = [SbomFormat.CycloneDx], Taken = new HashSet<string>(files) }, new Listener(_warnings), TestContext.Current.CancellationToken));
        Assert.Contains("m.linux-amd64.cdx.json", taken.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SbomFormatUnknownException>(() => Exporter.ExportAsync(new SbomRequest { Image = "oci:/nowhere", Paths = ["/x.json"] }, new Listener(_warnings), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<SbomFormatUnknownException>(() => Exporter.ExportAsync(new SbomRequest { Image = "oci:/nowhere", Paths = ["/x.json"], Formats = [SbomFormat.Spdx, SbomFormat.CycloneDx] }, new Listener(_warnings), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task OneFileThatCannotBeWrittenLeavesNone()
    {
        string image = await SmallAsync("i");
        await File.WriteAllTextAsync(_room.Folder.Combine("file"), "x", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PathNotWritableException>(() => ExportAsync(image, "fine.spdx.json", Path.Combine("file", "below.cdx.json")));
        Assert.False(File.Exists(_room.Folder.Combine("fine.spdx.json")));
        using CancellationTokenSource stopped = new();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Exporter.ExportAsync(new SbomRequest { Image = image, Paths = [_room.Folder.Combine("fine.spdx.json")] }, new Listener(_warnings), stopped.Token));
        Assert.DoesNotContain(Directory.GetFiles(_room.Folder.Path), path => path.Contains("spdx", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DamagedFilesAreSaidAndTheirPackagesListed()
    {
        byte[] tar = new TestTar()
            .Add("app/node_modules/broken/package.json", content: "{ \"name\": \"other\", \"name\": \"hidden\" }"u8.ToArray())
            .Add("app/node_modules/@s/huge/package.json", content: new byte[(1 << 20) + 1])
            .Add("usr/lib/python3/dist-packages/Mangled-1.5.dist-info/METADATA", content: [0xff, 0xfe, 0x00, 0x01, (byte)'\n'])
            .Add("app/x.deps.json", content: "[]"u8.ToArray())
            .Add("app/y.nuspec", content: "<!DOCTYPE a [<!ENTITY b \"c\">]><package/>"u8.ToArray())
            .Add("app/z.nupkg", content: "PK\u0003\u0004 no archive"u8.ToArray())
            .ToArray();
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [tar]));
        IReadOnlyList<string> files = await ExportAsync($"oci:{_room.Folder.Combine("i")}", "a.spdx.json", "a.cdx.json");
        await SbomCheck.ValidAsync(files);
        Assert.Equal(5, _warnings.Count);
        JObject spdx = Read(files[0]);
        Assert.Equal(["pkg:npm/%40s/huge", "pkg:npm/broken", "pkg:pypi/mangled@1.5"], Packages(spdx));
        Assert.StartsWith("This document is not complete.", (string)spdx["comment"]!, StringComparison.Ordinal);
        Assert.Equal("incomplete", (string)Read(files[1])["compositions"]![0]!["aggregate"]!);
    }

    [Fact]
    public async Task ASchemaThatFindsNothingWouldBeNoCheck()
    {
        IReadOnlyList<string> files = await ExportAsync(await SmallAsync("i"), "a.spdx.json", "a.cdx.json");
        foreach (string file in files)
        {
            JObject document = Read(file);
            (document["packages"] ?? document["components"])![0]!["surprise"] = true;
            document[file.Contains("spdx", StringComparison.Ordinal) ? "dataLicense" : "specVersion"] = 3;
            await File.WriteAllBytesAsync(file, CanonicalJson.Write(document), TestContext.Current.CancellationToken);
        }

        string[] lines = [.. (await SbomCheck.RunAsync(files)).Split('\n').Where(line => line.Length > 0 && line[0] != ' ')];
        Assert.All(lines, line => Assert.NotEqual('0', line[0]));
    }

    [Fact]
    public async Task ADamagedDatabaseAndAForeignOneAreErrors()
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [new TestTar().Add("var/lib/dpkg/status", content: "Package: a\nVersion: no version\n"u8.ToArray()).ToArray()]));
        await Assert.ThrowsAnyAsync<BaseImageException>(() => ExportAsync($"oci:{_room.Folder.Combine("i")}", "a.spdx.json"));
        await _room.WriteAsync($"oci:{_room.Folder.Combine("r")}:x", TestImage.Of("r", [new TestTar().Add("var/lib/rpm/rpmdb.sqlite", content: "x"u8.ToArray()).ToArray()]));
        await Assert.ThrowsAsync<PackageDatabaseNotSupportedException>(() => ExportAsync($"oci:{_room.Folder.Combine("r")}", "a.spdx.json"));
        Assert.False(File.Exists(_room.Folder.Combine("a.spdx.json")));
    }

    [Fact]
    public async Task AlpinesPackagesAreThereToo()
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [AlpineTree.Small().File("etc/mine", "x").ToTar()]));
        IReadOnlyList<string> files = await ExportAsync($"oci:{_room.Folder.Combine("i")}", "a.spdx.json", "a.cdx.json");
        await SbomCheck.ValidAsync(files);
        JObject spdx = Read(files[0]);
        Assert.Contains("pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3", Packages(spdx));
        Assert.Equal(["CONTAINS /bin/busybox", "DEPENDS_ON musl"], Relations(spdx, (string)Package(spdx, "busybox")["SPDXID"]!));
        Assert.Equal("GPL-2.0-only", (string)Package(spdx, "busybox")["licenseDeclared"]!);
    }

    private SbomExporter Exporter => new(() => _room.Paths);

    private async Task<IReadOnlyList<string>> ExportAsync(string image, params string[] names)
        => await Exporter.ExportAsync(new SbomRequest { Image = image, Paths = [.. names.Select(name => _room.Folder.Combine(name))] }, new Listener(_warnings), TestContext.Current.CancellationToken);

    private async Task<string> SmallAsync(string folder)
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine(folder)}:x", TestImage.Of("small", [new TestTar().Add("var/lib/dpkg/status", content: Encoding.UTF8.GetBytes(Status)).ToArray()]));
        return $"oci:{_room.Folder.Combine(folder)}";
    }

    /// <summary>An image with packages of dpkg, Node, Python and .NET.</summary>
    internal static async Task<string> MixedAsync(ImageRoom room, string folder)
    {
        byte[] first = new TestTar()
            .Add("etc/os-release", '2', link: "../usr/lib/os-release")
            .Add("usr/lib/os-release", content: "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"u8.ToArray())
            .Add("var/lib/dpkg/status", content: Encoding.UTF8.GetBytes(Status))
            .Add("var/lib/dpkg/info/hello.list", content: "/usr/bin/hello\n/usr/share/doc/hello/copyright\n"u8.ToArray())
            .Add("usr/bin/hello", content: "#!"u8.ToArray())
            .Add("usr/share/doc/hello/copyright", content: "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: me\nLicense: GPL-2+ or Artistic\n\nFiles: x\nCopyright: me\nLicense: Apache-2.0\n\nLicense: Artistic\n The text.\n .\n More.\n"u8.ToArray())
            .Add("app/node_modules/outer/package.json", content: """{ "name": "outer", "version": "1.2.3", "license": "MIT", "dependencies": { "@s/inner": "^1" }, "author": { "name": "A", "email": "a@b.c" } }"""u8.ToArray())
            .Add("app/node_modules/outer/index.js", content: "1"u8.ToArray())
            .Add("app/node_modules/outer/node_modules/@s/inner/package.json", content: """{ "name": "@s/inner", "version": "2.0.0-rc.1", "license": "SEE LICENSE IN x" }"""u8.ToArray())
            .Add("app/node_modules/removed/package.json", content: """{ "name": "removed", "version": "9.9.9" }"""u8.ToArray())
            .Add("usr/lib/python3/dist-packages/flask_ish-3.0.dist-info/METADATA", content: "Metadata-Version: 2.1\nName: flask-ish\nVersion: 3.0\nLicense: BSD-3-Clause\nRequires-Dist: other.lib (>=1)\nRequires-Dist: gone ; extra == 'x'\n\nName: no\n"u8.ToArray())
            .Add("usr/lib/python3/dist-packages/flask_ish-3.0.dist-info/RECORD", content: "flaskish/__init__.py,sha256=x,1\n../../../bin/flask,,\n\"a,b.py\",,\n"u8.ToArray())
            .Add("usr/lib/python3/dist-packages/flaskish/__init__.py", content: "2"u8.ToArray())
            .Add("usr/lib/python3/dist-packages/Other_Lib-1.0.egg-info", content: "Metadata-Version: 1.0\nName: Other.Lib\nVersion: 1.0\nLicense: UNKNOWN\n"u8.ToArray())
            .Add("app/web.deps.json", content: Encoding.UTF8.GetBytes($$"""
                { "runtimeTarget": { "name": ".NETCoreApp,Version=v8.0" },
                  "targets": { ".NETCoreApp,Version=v8.0": { "web/1.0.0": { "dependencies": { "Lib.A": "1.0.0" } }, "Lib.A/1.0.0": { "dependencies": { "Lib.B": "2.0.0" }, "runtime": { "lib/net8.0/Lib.A.dll": {} } }, "Lib.B/2.0.0": {} } },
                  "libraries": { "web/1.0.0": { "type": "project" }, "Lib.A/1.0.0": { "type": "package", "sha512": "sha512-{{Convert.ToBase64String(new byte[64])}}" }, "Lib.B/2.0.0": { "type": "package", "sha512": "" }, "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": { "type": "runtimepack" } } }
                """))
            .Add("app/Lib.A.dll", content: "MZ"u8.ToArray())
            .Add("cache/packed.lib.1.0.0.nupkg", content: Packed("""<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>Packed.Lib</id><version>1.0.0</version><authors>P</authors><license type="expression">Apache-2.0 or MIT</license></metadata></package>"""))
            .ToArray();
        byte[] second = new TestTar().Add("app/node_modules/.wh.removed").Add("etc/synthesised", content: "s"u8.ToArray()).ToArray();
        await room.WriteAsync($"oci:{room.Folder.Combine(folder)}:x", TestImage.Of("mixed", [first, second]));
        return $"oci:{room.Folder.Combine(folder)}";
    }

    private static byte[] Packed(string nuspec)
    {
        using MemoryStream stream = new();
        using (System.IO.Compression.ZipArchive archive = new(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("Packed.Lib.nuspec").Open();
            entry.Write(Encoding.UTF8.GetBytes(nuspec));
        }

        // The time of the entry is the one thing of it that is not the same twice.
        byte[] bytes = stream.ToArray();
        int central = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        bytes.AsSpan(10, 4).Clear();
        bytes.AsSpan(central + 12, 4).Clear();
        return bytes;
    }

    private static JObject Read(string path) => StrictJson.ParseObject(File.ReadAllBytes(path), path);

    private static JObject Package(JObject spdx, string name) => Assert.Single(spdx["packages"]!.Cast<JObject>(), package => (string)package["name"]! == name && (string)package["primaryPackagePurpose"]! is "INSTALL" or "LIBRARY");

    private static string[] Packages(JObject spdx)
        => [.. spdx["packages"]!.Where(package => (string)package["primaryPackagePurpose"]! is "INSTALL" or "LIBRARY").Select(package => (string)package["externalRefs"]![0]!["referenceLocator"]!).Order(StringComparer.Ordinal)];

    private static string[] Relations(JObject spdx, string id)
    {
        Dictionary<string, string> names = spdx["packages"]!.Concat(spdx["files"] ?? new JArray()).ToDictionary(part => (string)part["SPDXID"]!, part => (string?)part["fileName"] is { } file ? file[1..] : (string)part["name"]!, StringComparer.Ordinal);
        return [.. spdx["relationships"]!.Where(relation => (string)relation["spdxElementId"]! == id)
            .Select(relation => $"{relation["relationshipType"]} {((string)relation["relatedSpdxElement"]! is "SPDXRef-OperatingSystem" ? "SPDXRef-OperatingSystem" : names[(string)relation["relatedSpdxElement"]!])}").Order(StringComparer.Ordinal)];
    }

    private sealed class Listener(List<string> warnings) : IReporter
    {
        public void Verbose(string message) { }

        public void Warning(string message) => warnings.Add(message);

        public void Progress(ProgressUpdate update) { }
    }
}
