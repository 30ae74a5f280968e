using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Tests.Optimising;
using BaseImage.Engine.Tests.Templates;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Inspection.Sbom;

/// <summary>Real trees: what dpkg itself lists, and the module's own templates.</summary>
public sealed class SbomAgreementTests : IDisposable
{
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task AFullDebiansListIsDpkgsOwn()
    {
        string query = Tools.Require("dpkg-query"), tar = Tools.Require("tar"), tree = await DebianTree.TarAsync();
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [Disk.Read(tree)], Codec.None, MediaTypes.OciLayer));
        IReadOnlyList<string> files = await ExportAsync($"oci:{_room.Folder.Combine("i")}", "a");
        await SbomCheck.ValidAsync(files);
        JObject spdx = Read(files[0]);

        string admin = _room.Folder.Combine("root");
        Directory.CreateDirectory(admin);
        await Tools.RunAsync(tar, ["-C", admin, "-xf", tree, "./var/lib/dpkg", "./usr/share/doc"]);
        string[] theirs = [.. (await Tools.RunAsync(query, ["--admindir", Path.Combine(admin, "var/lib/dpkg"), "-W", "-f", @"${db:Status-Status}|${Package}|${Version}|${Architecture}|${source:Package}|${source:Version}\n"]))
            .Split('\n').Where(line => line.StartsWith("installed|", StringComparison.Ordinal)).Select(line => line["installed|".Length..]).Order(StringComparer.Ordinal)];
        Dictionary<string, JToken> parts = spdx["packages"]!.ToDictionary(package => (string)package["SPDXID"]!, StringComparer.Ordinal);
        Dictionary<string, string> sources = spdx["relationships"]!.Where(relation => (string)relation["relationshipType"]! == "GENERATED_FROM").ToDictionary(relation => (string)relation["spdxElementId"]!, relation => (string)relation["relatedSpdxElement"]!, StringComparer.Ordinal);
        JToken[] ours = [.. spdx["packages"]!.Where(package => (string)package["primaryPackagePurpose"]! == "INSTALL")];
        Assert.True(theirs.Length > 100);
        Assert.Equal(theirs, ours.Select(package => string.Join('|', package["name"], package["versionInfo"], Architecture(package), parts[sources[(string)package["SPDXID"]!]]["name"], parts[sources[(string)package["SPDXID"]!]]["versionInfo"])).Order(StringComparer.Ordinal));

        // Get-BaseImagePackage says the same, and the packages of Python that Debian ships lie within Debian's.
        List<ImagePackage> listed = [];
        await foreach (ImagePackage package in new ImagePackageReading(() => _room.Paths).ReadAsync($"oci:{_room.Folder.Combine("i")}", null, TestContext.Current.CancellationToken))
        {
            listed.Add(package);
        }

        Assert.Equal(spdx["packages"]!.Where(package => (string)package["primaryPackagePurpose"]! is "INSTALL" or "LIBRARY").Select(package => (string)package["externalRefs"]![0]!["referenceLocator"]!).Order(StringComparer.Ordinal), listed.Select(package => package.PackageUrl).Order(StringComparer.Ordinal));

        // Every package has a copyright file there, and each of those is an expression or has its text; dpkg's closure is whole.
        Assert.All(ours, package => Assert.NotEqual("NOASSERTION", (string)package["licenseDeclared"]!));
        Assert.Contains(ours, package => (string)package["name"]! == "libc6" && spdx["relationships"]!.Any(relation => (string)relation["relatedSpdxElement"]! == (string)package["SPDXID"]! && (string)relation["relationshipType"]! == "DEPENDS_ON"));
        string[] certain = [.. ours.Where(package => !((string)package["licenseDeclared"]!).Contains("LicenseRef-", StringComparison.Ordinal)).Select(package => (string)package["name"]!)];
        Assert.NotEmpty(certain);
    }

    [Theory, MemberData(nameof(TemplateImages.All), MemberType = typeof(TemplateImages))]
    public async Task TemplatesDocumentsAreValidAndTheSameTwice(string template, string suite)
    {
        TemplateImage made = await TemplateImages.GetAsync(template, suite);
        IReadOnlyList<string> files = await ExportAsync(made.Image.Reference, "a", made.Lock), again = await ExportAsync(made.Image.Reference, "b", made.Lock);
        Assert.Equal(4, files.Count);
        await SbomCheck.ValidAsync(files);
        foreach ((string first, string second) in files.Zip(again))
        {
            Assert.Equal(Digest.Of(await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken)), Digest.Of(await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken)));
        }

        foreach ((string file, LockedPlatform platform) in files.Take(2).Zip(made.Lock.Platforms))
        {
            // Every package of the lock is there with its archive's sum, and nothing else of dpkg's is.
            JToken[] packages = [.. Read(file)["packages"]!.Where(package => (string)package["primaryPackagePurpose"]! == "INSTALL")];
            Assert.Equal(platform.Packages.Select(package => $"{package.Name} {package.Version} {package.Sha256.Hex}").Order(StringComparer.Ordinal), packages.Select(package => $"{package["name"]} {package["versionInfo"]} {package["checksums"]![0]!["checksumValue"]}").Order(StringComparer.Ordinal));
        }
    }

    private async Task<IReadOnlyList<string>> ExportAsync(string image, string name, ImageLock? imageLock = null)
        => await new SbomExporter(() => _room.Paths).ExportAsync(new SbomRequest { Image = image, Paths = [_room.Folder.Combine(name + ".spdx.json"), _room.Folder.Combine(name + ".cdx.json")], Lock = imageLock }, SilentReporter.Instance, TestContext.Current.CancellationToken);

    private static string Architecture(JToken package) => ((string)package["externalRefs"]![0]!["referenceLocator"]!).Split("?arch=")[1].Split('&')[0];

    private static JObject Read(string path) => StrictJson.ParseObject(File.ReadAllBytes(path), path, new JsonLimits { MaxBytes = 1 << 30, MaxValues = 50_000_000 });
}
