using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Images;

/// <summary>What we write is held against skopeo, and what it writes against us.</summary>
public sealed class ForeignToolTests : IDisposable
{
    private readonly ImageRoom _room = new();
    private readonly string _skopeo = Tools.Require("skopeo");

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task SkopeoCopiesALayoutEverywhereAndTheDigestStays()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar(), TestImage.Tar("second")]);
        string layout = $"oci:{_room.Folder.Combine("layout")}:latest";
        await _room.WriteAsync(layout, image);
        await _room.WriteAsync($"oci-archive:{_room.Folder.Combine("ours.tar")}:latest", image);

        await CopyAsync(layout, $"oci-archive:{_room.Folder.Combine("archive.tar")}:latest");
        await CopyAsync(layout, $"dir:{_room.Folder.Combine("dir")}");
        await CopyAsync($"dir:{_room.Folder.Combine("dir")}", $"oci:{_room.Folder.Combine("back")}:latest");
        await CopyAsync($"oci-archive:{_room.Folder.Combine("ours.tar")}:latest", $"oci:{_room.Folder.Combine("back2")}:latest");
        string expected = await _room.FingerprintAsync(layout);
        foreach (string place in new[] { $"oci-archive:{_room.Folder.Combine("archive.tar")}", $"oci:{_room.Folder.Combine("back")}", $"oci:{_room.Folder.Combine("back2")}", $"oci-archive:{_room.Folder.Combine("ours.tar")}", _room.Folder.Combine("archive.tar") })
        {
            Assert.Equal(expected, await _room.FingerprintAsync(place));
        }

        Assert.Equal(image.Root.Bytes, await File.ReadAllBytesAsync(_room.Folder.Combine("dir", "manifest.json"), TestContext.Current.CancellationToken));
        Assert.Equal(image.Root.Digest.ToString(), (await Tools.RunAsync(_skopeo, ["inspect", "--format", "{{.Digest}}", layout])).Trim());
    }

    [Fact]
    public async Task SkopeoCopiesAnIndexWhole()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar()], Platform.LinuxAmd64, Platform.LinuxArm64);
        await _room.WriteAsync($"oci:{_room.Folder.Combine("layout")}:latest", image);
        await Tools.RunAsync(_skopeo, ["--insecure-policy", "copy", "--all", $"oci:{_room.Folder.Combine("layout")}:latest", $"oci-archive:{_room.Folder.Combine("a.tar")}:latest"]);
        Assert.Equal(await _room.FingerprintAsync($"oci:{_room.Folder.Combine("layout")}"), await _room.FingerprintAsync($"oci-archive:{_room.Folder.Combine("a.tar")}"));
    }

    [Fact]
    public async Task SkopeoReadsOurDockerArchiveAndWeReadIts()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar(), TestImage.Tar("second")]);
        ImageReference pinned = await _room.WriteAsync($"docker-archive:{_room.Folder.Combine("ours.tar")}", image, "ci");
        Assert.Equal($"docker-archive:{_room.Folder.Combine("ours.tar")}@{image.Manifests[0].Config.Digest}", pinned.ToString());
        ContainerImage ours = Assert.Single(await _room.ReadAsync(pinned.ToString()));
        Assert.Equal(["web:ci"], ours.Tags);
        Assert.True(ours.Digest.IsEmpty);
        Assert.Equal(image.Manifests[0].Config.Digest, ours.ImageId);

        // skopeo checks every diffID against the config on its way.
        await CopyAsync($"docker-archive:{_room.Folder.Combine("ours.tar")}:web:ci", $"oci:{_room.Folder.Combine("fromours")}:x");
        ContainerImage through = Assert.Single(await _room.ReadAsync($"oci:{_room.Folder.Combine("fromours")}:x"));
        Assert.Equal(ours.Layers.Select(l => l.DiffId), through.Layers.Select(l => l.DiffId));

        await _room.WriteAsync($"oci:{_room.Folder.Combine("layout")}:latest", image);
        await CopyAsync($"oci:{_room.Folder.Combine("layout")}:latest", $"docker-archive:{_room.Folder.Combine("theirs.tar")}:web:theirs");
        ContainerImage theirs = Assert.Single(await _room.ReadAsync(_room.Folder.Combine("theirs.tar")));
        Assert.Equal(ours.Layers.Select(l => l.DiffId), theirs.Layers.Select(l => l.DiffId));
        Assert.Equal(theirs.Reference, Assert.Single(await _room.ReadAsync($"docker-archive:{_room.Folder.Combine("theirs.tar")}:web:theirs")).Reference);
        await _room.FingerprintAsync(theirs.Reference);
    }

    [Fact]
    public async Task ArchivesThatWereCompressedAreReadAlike()
    {
        string archive = _room.Folder.Combine("a.tar");
        await _room.WriteAsync($"oci-archive:{archive}", TestImage.Of("web", [TestImage.Tar(), TestImage.Tar("second")]), "x");
        await Tools.RunAsync(Tools.Require("gzip"), ["-k", archive]);
        await Tools.RunAsync(Tools.Require("xz"), ["-k", archive]);
        string expected = await _room.FingerprintAsync(archive);
        Assert.Equal(expected, await _room.FingerprintAsync(archive + ".gz"));
        Assert.Equal(expected, await _room.FingerprintAsync($"oci-archive:{archive}.xz"));
    }

    [Fact]
    public async Task GnuTarsOfALayoutAreRead()
    {
        string folder = _room.Folder.Combine("layout");
        await _room.WriteAsync($"oci:{folder}", TestImage.Of("web", [TestImage.Tar()]), "x");
        await Tools.RunAsync(Tools.Require("tar"), ["-C", folder, "-cf", _room.Folder.Combine("gnu.tar"), "."]);
        Assert.Equal(await _room.FingerprintAsync(folder), await _room.FingerprintAsync(_room.Folder.Combine("gnu.tar")));
    }

    [Fact]
    public async Task OldDockerArchivesWithLinkedLayersAreRead()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar(), TestImage.Tar()]);
        BuiltDocument config = image.Manifests[0].Config;
        byte[] manifest = System.Text.Encoding.UTF8.GetBytes($$"""[{"Config":"{{config.Digest.Hex}}.json","RepoTags":["web:1","web:2"],"Layers":["aaa/layer.tar","bbb/layer.tar"]}]""");
        byte[] archive = new TestTar()
            .Add("aaa/", '5', mode: 0x1ED).Add("aaa/VERSION", content: "1.0"u8.ToArray()).Add("aaa/layer.tar", content: TestImage.Tar())
            .Add("bbb/", '5', mode: 0x1ED).Add("bbb/layer.tar", '2', link: "../aaa/layer.tar")
            .Add($"{config.Digest.Hex}.json", content: config.Bytes).Add("manifest.json", content: manifest).Add("repositories", content: "{}"u8.ToArray()).ToArray();
        await File.WriteAllBytesAsync(_room.Folder.Combine("old.tar"), archive, TestContext.Current.CancellationToken);
        ContainerImage read = Assert.Single(await _room.ReadAsync(_room.Folder.Combine("old.tar")));
        Assert.Equal(["web:1", "web:2"], read.Tags);
        Assert.Equal("web", read.Name);
        await _room.FingerprintAsync(read.Reference);
        await CopyAsync($"docker-archive:{_room.Folder.Combine("old.tar")}:web:1", $"oci:{_room.Folder.Combine("converted")}:x");
        Assert.Equal(read.Layers.Select(l => l.DiffId), Assert.Single(await _room.ReadAsync($"oci:{_room.Folder.Combine("converted")}")).Layers.Select(l => l.DiffId));
    }

    [Fact]
    public async Task NewDockerArchivesAreReadBothWays()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar()], Codec.None, MediaTypes.OciLayer);
        await _room.WriteAsync($"oci:{_room.Folder.Combine("new")}:web:1", image);
        BuiltManifest built = image.Manifests[0];
        Disk.WriteText(_room.Folder.Combine("new", "manifest.json"), $$"""[{"Config":"blobs/sha256/{{built.Config.Digest.Hex}}","RepoTags":["web:1"],"Layers":["blobs/sha256/{{built.Layers[0].Descriptor.Digest.Hex}}"]}]""");
        await Tools.RunAsync(Tools.Require("tar"), ["-C", _room.Folder.Combine("new"), "-cf", _room.Folder.Combine("new.tar"), "."]);
        ContainerImage whole = Assert.Single(await _room.ReadAsync(_room.Folder.Combine("new.tar")));
        ContainerImage docker = Assert.Single(await _room.ReadAsync($"docker-archive:{_room.Folder.Combine("new.tar")}:web:1"));
        Assert.Equal(image.Root.Digest, whole.Digest);
        Assert.Equal((whole.ImageId, "web"), (docker.ImageId, whole.Name));
        await _room.FingerprintAsync(docker.Reference);
    }

    private Task<string> CopyAsync(string from, string to) => Tools.RunAsync(_skopeo, ["--insecure-policy", "copy", "-q", from, to]);
}
