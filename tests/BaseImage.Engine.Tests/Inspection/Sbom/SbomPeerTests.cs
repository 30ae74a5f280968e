using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Tests.Optimising;
using BaseImage.Engine.Tests.Templates;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Inspection.Sbom;

/// <summary>The formats' own libraries: SPDX's tools with all their rules, and CycloneDX's for Python, which reads every member.</summary>
public sealed class SbomPeerTests : IDisposable
{
    // The library passes over members that it does not know, unless it is told not to; of the document's own it lacks "compositions".
    private const string ReadCycloneDx = """
        import json, sys, py_serializable
        from cyclonedx.model.bom import Bom
        for name, known in py_serializable.ObjectMetadataLibrary.klass_mappings.items():
            known._ignore_unknown_during_deserialization = name == 'cyclonedx.model.bom.Bom'
        bom = Bom.from_json(json.load(open(sys.argv[1], encoding='utf-8')))
        bom.validate()
        count = lambda parts: sum(1 + count(part.components) for part in parts)
        print(count(bom.components), bom.get_urn_uuid(), bom.metadata.component.name)
        """;

    private static readonly JsonLimits Large = new() { MaxBytes = 1 << 30, MaxValues = 50_000_000 };

    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task BothAcceptAnImageWithPackagesOfNodePythonAndDotNet()
        => await AcceptedAsync(await ExportAsync(await SbomTests.MixedAsync(_room, "mixed"), "mixed"));

    [Fact]
    public async Task BothAcceptANativeImage()
    {
        TemplateImage made = await TemplateImages.GetAsync("static", "bookworm");
        await AcceptedAsync(await ExportAsync(made.Image.Reference, "all", made.Lock));
        await AcceptedAsync(await ExportAsync(made.Image.Reference, "packages", made.Lock, packagesOnly: true));
    }

    [Fact]
    public async Task BothAcceptAFullDebian()
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("i")}:x", TestImage.Of("i", [Disk.Read(await DebianTree.TarAsync())], Codec.None, MediaTypes.OciLayer));
        string image = $"oci:{_room.Folder.Combine("i")}";
        await AcceptedAsync((await ExportAsync(image, "all")).Take(1));
        await AcceptedAsync(await ExportAsync(image, "packages", packagesOnly: true));
    }

    [Theory]
    [InlineData("a package without a place to download from", ".spdx.json")]
    [InlineData("a licence that is none", ".spdx.json")]
    [InlineData("a relation to nothing", ".spdx.json")]
    [InlineData("a kind that is none", ".cdx.json")]
    [InlineData("a member that is unknown", ".cdx.json")]
    public async Task ALibraryThatTakesEverythingWouldBeNoCheck(string what, string ending)
    {
        string path = (await ExportAsync(await SbomTests.MixedAsync(_room, "mixed"), "mixed")).Single(file => file.EndsWith(ending, StringComparison.Ordinal));
        JObject document = StrictJson.ParseObject(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), path, Large);
        switch (what)
        {
            case "a package without a place to download from":
                ((JObject)document["packages"]![0]!).Remove("downloadLocation");
                break;
            case "a licence that is none":
                document["packages"]!.First(package => package["licenseDeclared"] is not null)["licenseDeclared"] = "No-Such-Licence";
                break;
            case "a relation to nothing":
                document["relationships"]![0]!["relatedSpdxElement"] = "SPDXRef-Nothing";
                break;
            case "a kind that is none":
                document["components"]![0]!["type"] = "thing";
                break;
            default:
                document["components"]![0]!["colour"] = "blue";
                break;
        }

        await File.WriteAllTextAsync(path, document.ToString(), TestContext.Current.CancellationToken);
        (int code, string output, string error) = await RunAsync(path);
        Assert.True(code != 0, $"{what}: {output}{error}");
    }

    private static async Task AcceptedAsync(IEnumerable<string> paths)
    {
        int count = 0;
        foreach (string path in paths)
        {
            (int code, string output, string error) = await RunAsync(path);
            Assert.True(code == 0 && error.Length == 0, $"{path}: {output}{error}"[..Math.Min(4_000, path.Length + 2 + output.Length + error.Length)]);
            count++;
            if (path.EndsWith(".cdx.json", StringComparison.Ordinal))
            {
                JObject document = StrictJson.ParseObject(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), path, Large);
                int components = document["components"]!.Sum(part => 1 + (part["components"]?.Count() ?? 0));
                Assert.Equal($"{components} {document["serialNumber"]} {document["metadata"]!["component"]!["name"]}", output.Trim());
            }
        }

        Assert.NotEqual(0, count);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string path)
    {
        // Debian's own Python, whatever else is called so: the libraries' needs are its packages.
        string modules = Tools.RequirePeer("usr/lib/python3/dist-packages"), python = "/usr/bin/python3";
        Tools.Require(File.Exists(python), $"{python} is not there");
        string[] arguments = path.EndsWith(".spdx.json", StringComparison.Ordinal) ? [Tools.RequirePeer("usr/bin/pyspdxtools"), "-i", path] : ["-W", "error::UserWarning", "-c", ReadCycloneDx, path];
        return Tools.TryRunAsync(python, arguments, environment: new Dictionary<string, string?> { ["PYTHONPATH"] = modules, ["PYTHONDONTWRITEBYTECODE"] = "1", ["PYTHONUTF8"] = "1" });
    }

    private async Task<IReadOnlyList<string>> ExportAsync(string image, string name, ImageLock? imageLock = null, bool packagesOnly = false)
        => await new SbomExporter(() => _room.Paths).ExportAsync(new SbomRequest { Image = image, Paths = [_room.Folder.Combine(name + ".spdx.json"), _room.Folder.Combine(name + ".cdx.json")], Lock = imageLock, PackagesOnly = packagesOnly }, SilentReporter.Instance, TestContext.Current.CancellationToken);
}
