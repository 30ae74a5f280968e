using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Images;

public sealed class HostileImageTests : IDisposable
{
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    private string Layout => _room.Folder.Combine("layout");

    [Fact]
    public async Task ADigestThatLiesIsNamed()
    {
        BuiltImage image = await WriteAsync();
        string blob = Blob(image.Root.Digest);
        Disk.WriteText(blob, Disk.ReadText(blob).Replace("\"schemaVersion\":2", "\"schemaVersion\":3", StringComparison.Ordinal));
        await FailsAsync<ImageBlobCorruptException>(image.Root.Digest.Hex);
    }

    [Fact]
    public async Task ASizeThatLiesIsNamed()
    {
        BuiltImage image = await WriteAsync();
        Replace("index.json", $"\"size\":{image.Root.Bytes.Length}", $"\"size\":{image.Root.Bytes.Length + 1}");
        await FailsAsync<ImageBlobCorruptException>(image.Root.Digest.Hex);
        Replace("index.json", $"\"size\":{image.Root.Bytes.Length + 1}", "\"size\":-1");
        await FailsAsync<ImageDocumentInvalidException>("index.json");
        Replace("index.json", "\"size\":-1", "\"size\":9223372036854775807");
        await FailsAsync<ImageLimitExceededException>(image.Root.Digest.Hex);
        Replace("index.json", "9223372036854775807", "1e400");
        await FailsAsync<BaseImageException>("index.json");
        Replace("index.json", "1e400", "99999999999999999999");
        await FailsAsync<ImageDocumentInvalidException>("index.json");
    }

    [Fact]
    public async Task ALayerThatUnpacksToSomethingElseIsNamed()
    {
        BuiltImage image = TestImage.Of("a", [TestImage.Tar("one")]), other = TestImage.Of("a", [TestImage.Tar("two")]);
        BuiltManifest swapped = image.Manifests[0] with { Layers = other.Manifests[0].Layers, Manifest = OciDocuments.Manifest(image.Manifests[0].Config.Descriptor, other.Manifests[0].Layers.Select(l => l.Descriptor)) };
        await _room.WriteAsync($"oci:{Layout}:x", image with { Manifests = [swapped] });
        ImageBlobCorruptException error = await Assert.ThrowsAsync<ImageBlobCorruptException>(() => _room.FingerprintAsync($"oci:{Layout}"));
        Assert.Contains(other.Manifests[0].Layers[0].Descriptor.Digest.Hex, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:..")]
    [InlineData("sha256:ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("")]
    public async Task ADigestThatIsAPathIsRefused(string digest)
    {
        BuiltImage image = await WriteAsync();
        Replace("index.json", image.Root.Digest.ToString(), digest);
        await FailsAsync<ImageDocumentInvalidException>("index.json");
    }

    [Fact]
    public async Task ALinkThatLeavesTheLayoutIsRefusedAndOneInsideIsFollowed()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "symbolic links need rights on Windows");
        BuiltImage image = await WriteAsync();
        string blob = Blob(image.Root.Digest);
        File.Move(blob, Path.Combine(Layout, "inside"));
        File.CreateSymbolicLink(blob, "../../inside");
        await _room.FingerprintAsync($"oci:{Layout}");
        File.Delete(blob);
        File.Move(Path.Combine(Layout, "inside"), _room.Folder.Combine("outside"));
        File.CreateSymbolicLink(blob, _room.Folder.Combine("outside"));
        await FailsAsync<ImageStorageException>(image.Root.Digest.Hex);
        File.Delete(blob);
        File.CreateSymbolicLink(blob, blob);
        await FailsAsync<BaseImageException>(image.Root.Digest.Hex);
    }

    [Fact]
    public async Task APipeIsNotWaitedFor()
    {
        string mkfifo = Tools.Require("mkfifo");
        BuiltImage image = await WriteAsync();
        File.Delete(Blob(image.Root.Digest));
        await Tools.RunAsync(mkfifo, [Blob(image.Root.Digest)]);
        await FailsAsync<BaseImageException>(image.Root.Digest.Hex);
        File.Delete(Path.Combine(Layout, "index.json"));
        await Tools.RunAsync(mkfifo, [Path.Combine(Layout, "index.json")]);
        await FailsAsync<BaseImageException>("index.json");
        await Tools.RunAsync(mkfifo, [_room.Folder.Combine("pipe.tar")]);
        await Assert.ThrowsAsync<ImageStorageException>(() => _room.ReadAsync($"oci-archive:{_room.Folder.Combine("pipe.tar")}"));
    }

    [Fact]
    public async Task IndexesInsideIndexesEnd()
    {
        BuiltImage image = await WriteAsync();
        OciDescriptor inner = image.Root.Descriptor;
        for (int depth = 0; depth < 6; depth++)
        {
            BuiltDocument index = OciDocuments.Index([inner]);
            Disk.Write(Blob(index.Digest), index.Bytes);
            inner = index.Descriptor;
            SetIndex(OciDocuments.Index([inner]));
            if (depth < 3)
            {
                Assert.Single(await _room.ReadAsync($"oci:{Layout}"));
            }
            else
            {
                await FailsAsync<ImageLimitExceededException>("deep");
            }
        }
    }

    [Fact]
    public async Task AnIndexThatFansOutIsCountedOnce()
    {
        // Each index names the next one a thousand times: a million visits for whoever keeps no account.
        BuiltImage image = await WriteAsync();
        OciDescriptor inner = image.Root.Descriptor;
        for (int depth = 0; depth < 2; depth++)
        {
            BuiltDocument index = OciDocuments.Index(Enumerable.Repeat(inner, 1000));
            Disk.Write(Blob(index.Digest), index.Bytes);
            inner = index.Descriptor;
        }

        SetIndex(OciDocuments.Index([inner]));
        Assert.Single(Assert.Single(await _room.ReadAsync($"oci:{Layout}")).Manifests);
    }

    [Fact]
    public async Task AttestationsAndSignaturesAreNoPlatforms()
    {
        BuiltImage image = TestImage.Of("a", [TestImage.Tar()]);
        BuiltDocument signature = OciDocuments.Manifest(new OciDescriptor(MediaTypes.OciEmpty, Digest.Of("{}"u8), 2), []);
        BuiltDocument index = OciDocuments.Index(
        [
            image.Root.Descriptor with { Platform = Platform.LinuxAmd64 },
            signature.Descriptor with { Platform = new Platform("unknown", "unknown") },
            signature.Descriptor,
        ]);
        await _room.WriteAsync($"oci:{Layout}:x", image with { Index = index });
        Disk.Write(Blob(signature.Digest), signature.Bytes);
        Assert.Equal([Platform.LinuxAmd64], Assert.Single(await _room.ReadAsync($"oci:{Layout}")).Platforms);
    }

    [Fact]
    public async Task ADocumentThatIsIndexAndManifestIsRefused()
    {
        BuiltImage image = await WriteAsync();
        BuiltDocument both = new(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(image.Root.Bytes).Replace("\"schemaVersion\":2", "\"manifests\":[],\"schemaVersion\":2", StringComparison.Ordinal)));
        Disk.Write(Blob(both.Digest), both.Bytes);
        SetIndex(OciDocuments.Index([both.Descriptor]));
        await FailsAsync<ImageDocumentInvalidException>(both.Digest.Hex);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":{}}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[null]}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[[]]}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[{}]}")]
    [InlineData("{\"schemaVersion\":\"2\",\"manifests\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[],\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"a\":1}}")]
    [InlineData("{\"schemaVersion\":2,\"schemaVersion\":2,\"manifests\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[]} trailing")]
    public async Task AnIndexOfAnotherShapeIsNamed(string json)
    {
        await WriteAsync();
        Disk.WriteText(Path.Combine(Layout, "index.json"), json);
        await FailsAsync<BaseImageException>("index.json");
    }

    [Fact]
    public async Task HugeAndDeepDocumentsAreRefused()
    {
        await WriteAsync();
        string index = Path.Combine(Layout, "index.json");
        Disk.WriteText(index, new string(' ', OciLimits.MaxIndexBytes + 1));
        await FailsAsync<ImageLimitExceededException>("index.json");
        Disk.WriteText(index, string.Concat(Enumerable.Repeat("[", 100_000)));
        await FailsAsync<JsonInvalidException>("index.json");
        Disk.WriteText(index, "{\"schemaVersion\":2,\"manifests\":[" + string.Join(',', Enumerable.Repeat("{}", 900_000)) + "]}");
        await FailsAsync<JsonInvalidException>("index.json");
    }

    [Fact]
    public async Task MembersThatStandTwiceAreRefused()
    {
        BuiltImage image = await WriteAsync();
        TestTar tar = new();
        tar.Add("oci-layout", content: Disk.Read(Path.Combine(Layout, "oci-layout")));
        tar.Add("index.json", content: Disk.Read(Path.Combine(Layout, "index.json")));
        tar.Add("./index.json", content: "{}"u8.ToArray());
        Disk.Write(_room.Folder.Combine("twice.tar"), tar.ToArray());
        ImageDocumentInvalidException error = await Assert.ThrowsAsync<ImageDocumentInvalidException>(() => _room.ReadAsync(_room.Folder.Combine("twice.tar")));
        Assert.Contains("twice.tar", error.Message, StringComparison.Ordinal);
        Assert.NotNull(image);
    }

    [Theory]
    [InlineData("../../etc/passwd", '0', "")]
    [InlineData("x/layer.tar", '2', "../../../../etc/passwd")]
    [InlineData("x/layer.tar", '2', "/etc/passwd")]
    [InlineData("x/layer.tar", '2', "layer.tar")]
    [InlineData("x/layer.tar", '2', "../y/layer.tar")]
    [InlineData("x/layer.tar", '6', "")]
    public async Task LinksOfAnArchiveStayInIt(string name, char type, string link)
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar()]);
        BuiltDocument config = image.Manifests[0].Config;
        byte[] manifest = Encoding.UTF8.GetBytes($$"""[{"Config":"c.json","RepoTags":null,"Layers":["x/layer.tar"]}]""");
        Disk.Write(_room.Folder.Combine("a.tar"), new TestTar()
            .Add(name, type, link: link).Add("y/layer.tar", '2', link: "../x/layer.tar").Add("c.json", content: config.Bytes).Add("manifest.json", content: manifest).ToArray());
        BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => _room.FingerprintAsync($"docker-archive:{_room.Folder.Combine("a.tar")}"));
        Assert.Contains("a.tar", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layout/index.json")]
    [InlineData("layout/oci-layout")]
    [InlineData("manifest")]
    [InlineData("config")]
    [InlineData("layer")]
    [InlineData("archive.tar")]
    [InlineData("docker.tar")]
    public async Task AFlippedBitGivesATypedErrorOrTheSameImage(string victim)
    {
        BuiltImage image = await WriteAsync();
        await _room.WriteAsync($"oci-archive:{_room.Folder.Combine("archive.tar")}:x", image);
        await _room.WriteAsync($"docker-archive:{_room.Folder.Combine("docker.tar")}:web:x", image);
        BuiltManifest manifest = image.Manifests[0];
        string path = victim switch
        {
            "manifest" => Blob(manifest.Manifest.Digest),
            "config" => Blob(manifest.Config.Digest),
            "layer" => Blob(manifest.Layers[0].Descriptor.Digest),
            _ => _room.Folder.Combine(victim.Split('/')),
        };
        string reference = victim.EndsWith(".tar", StringComparison.Ordinal) ? _room.Folder.Combine(victim) : $"oci:{Layout}";
        string expected = await _room.FingerprintAsync(reference);
        byte[] good = Disk.Read(path);
        Random random = new(20261123);
        int refused = 0, same = 0;
        for (int i = 0; i < 150; i++)
        {
            byte[] bad = [.. good];
            int at = random.Next(bad.Length);
            bad[at] ^= (byte)(1 << random.Next(8));
            Disk.Write(path, bad);
            try
            {
                string found = await _room.FingerprintAsync(reference);
                Assert.True(found == expected, $"byte {at} of {victim} gave another image:\n{found}");
                same++;
            }
            catch (BaseImageException e)
            {
                Assert.Contains(_room.Folder.Path, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(refused > 0, $"{refused} refused, {same} the same");
        Assert.True(victim is not ("manifest" or "config" or "layer") || same == 0, $"{same} flips of {victim} went unnoticed");
    }

    [Fact]
    public async Task TruncatedArchivesAreNamed()
    {
        BuiltImage image = await WriteAsync();
        string archive = _room.Folder.Combine("archive.tar");
        await _room.WriteAsync($"oci-archive:{archive}:x", image);
        byte[] good = Disk.Read(archive);
        for (int length = 0; length < good.Length - 1024; length += 97)
        {
            Disk.Write(archive, good[..length]);
            BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => _room.FingerprintAsync(archive));
            Assert.Contains("archive.tar", error.Message, StringComparison.Ordinal);
        }
    }

    private async Task<BuiltImage> WriteAsync()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar()]);
        await _room.WriteAsync($"oci:{Layout}:x", image);
        return image;
    }

    private string Blob(Digest digest) => Path.Combine(Layout, "blobs", "sha256", digest.Hex);

    private void SetIndex(BuiltDocument index) => Disk.Write(Path.Combine(Layout, "index.json"), index.Bytes);

    private void Replace(string file, string old, string now)
    {
        string path = Path.Combine(Layout, file), text = Disk.ReadText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        Disk.WriteText(path, text.Replace(old, now, StringComparison.Ordinal));
    }

    private async Task FailsAsync<T>(string named)
        where T : BaseImageException
    {
        T error = await Assert.ThrowsAnyAsync<T>(() => _room.FingerprintAsync($"oci:{Layout}"));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.RecommendedAction);
    }
}
