using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Images;

public sealed class LayoutTests : IDisposable
{
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task WritesALayoutThatReadsBack()
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar(), TestImage.Tar("again")], Platform.LinuxAmd64, Platform.LinuxArm64);
        ImageReference pinned = await _room.WriteAsync($"oci:{_room.Folder.Combine("out")}", image, "latest", "1.0");
        Assert.Equal($"oci:{_room.Folder.Combine("out")}@{image.Root.Digest}", pinned.ToString());

        ContainerImage read = Assert.Single(await _room.ReadAsync(pinned.ToString()));
        Assert.Equal(image.Root.Digest, read.Digest);
        Assert.Equal(pinned.ToString(), read.Reference);
        Assert.Equal(["1.0", "latest"], read.Tags);
        Assert.Equal([Platform.LinuxAmd64, Platform.LinuxArm64], read.Platforms);
        Assert.Equal("65532:65532", read.Config.User);
        Assert.Equal(2, read.Layers.Count);
        Assert.Equal(image.Manifests[0].Config.Digest, read.ImageId);
        Assert.Equal(["80/tcp"], read.Config.ExposedPorts);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(20_000), read.Created);

        // A path alone is recognised by its content, and one platform may be pinned.
        Assert.Equal(pinned.ToString(), Assert.Single(await _room.ReadAsync(_room.Folder.Combine("out"))).Reference);
        Digest arm = image.Manifests[1].Manifest.Digest;
        Assert.Equal([Platform.LinuxArm64], Assert.Single(await _room.ReadAsync($"oci:{_room.Folder.Combine("out")}@{arm}")).Platforms);
        Assert.Contains(image.Manifests[0].Layers[0].DiffId.ToString(), await _room.FingerprintAsync(pinned.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSameImageGivesTheSameBytes()
    {
        foreach (string place in new[] { "a", "b" })
        {
            BuiltImage image = TestImage.Of("web", [TestImage.Tar()], Platform.LinuxAmd64, Platform.LinuxArm64);
            await _room.WriteAsync($"oci:{_room.Folder.Combine(place)}", image, "latest");
            await _room.WriteAsync($"oci-archive:{_room.Folder.Combine(place + ".tar")}", image, "latest");
            await _room.WriteAsync($"docker-archive:{_room.Folder.Combine(place + ".docker.tar")}", TestImage.Of("web", [TestImage.Tar()]), "latest");
        }

        Assert.Equal(Directory.GetFiles(_room.Folder.Combine("a"), "*", SearchOption.AllDirectories).Length, Directory.GetFiles(_room.Folder.Combine("b"), "*", SearchOption.AllDirectories).Length);
        foreach (string name in _room.Folder.List().Where(n => n.StartsWith("a", StringComparison.Ordinal) && !n.EndsWith('/')))
        {
            Assert.Equal(Disk.Read(_room.Folder.Combine(name)), Disk.Read(_room.Folder.Combine("b" + name[1..])));
        }
    }

    [Fact]
    public async Task AddingKeepsOthersAndReplacesTheSameName()
    {
        string place = _room.Folder.Combine("out");
        BuiltImage first = TestImage.Of("a", [TestImage.Tar("one")]), second = TestImage.Of("b", [TestImage.Tar("two")]), third = TestImage.Of("a", [TestImage.Tar("three")]);
        await _room.WriteAsync($"oci:{place}:one", first);
        await _room.WriteAsync($"oci:{place}:two", second);
        await _room.WriteAsync($"oci:{place}:one", third);
        Assert.Equal([third.Root.Digest, second.Root.Digest], (await _room.ReadAsync($"oci:{place}")).Select(i => i.Digest));
        Assert.Equal(second.Root.Digest, Assert.Single(await _room.ReadAsync($"oci:{place}:two")).Digest);
        ImageNotFoundException error = await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.ReadAsync($"oci:{place}:three"));
        Assert.Contains("two", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForeignFieldsOfAnIndexStay()
    {
        string place = _room.Folder.Combine("out");
        await _room.WriteAsync($"oci:{place}:one", TestImage.Of("a", [TestImage.Tar("one")]));
        string index = Path.Combine(place, "index.json");
        Disk.WriteText(index, Disk.ReadText(index).Replace("\"schemaVersion\":2", "\"org.example\":[1.50,null],\"schemaVersion\":2", StringComparison.Ordinal));
        await _room.WriteAsync($"oci:{place}:two", TestImage.Of("a", [TestImage.Tar("two")]));
        Assert.Contains("\"org.example\":[1.5,null]", Disk.ReadText(index), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADamagedBlobIsWrittenAgain()
    {
        string place = _room.Folder.Combine("out");
        BuiltImage image = TestImage.Of("a", [TestImage.Tar()]);
        await _room.WriteAsync($"oci:{place}", image, "x");
        string blob = Path.Combine(place, "blobs", "sha256", image.Manifests[0].Layers[0].Descriptor.Digest.Hex);
        byte[] bytes = Disk.Read(blob);
        bytes[20] ^= 1;
        Disk.Write(blob, bytes);
        await Assert.ThrowsAnyAsync<BaseImageException>(() => _room.FingerprintAsync($"oci:{place}"));
        await _room.WriteAsync($"oci:{place}", image, "x");
        await _room.FingerprintAsync($"oci:{place}");
    }

    [Theory]
    [InlineData("store:")]
    [InlineData("oci")]
    public async Task OneDamagedImageDoesNotHideTheOthers(string kind)
    {
        string place = _room.Folder.Combine("out");
        BuiltImage[] images = [.. Enumerable.Range(0, 3).Select(i => TestImage.Of($"name{i}", [TestImage.Tar($"content {i}")]))];
        foreach (BuiltImage image in images)
        {
            await _room.WriteAsync(kind == "oci" ? $"oci:{place}:{image.Name}" : "", image);
        }

        string root = kind == "oci" ? place : _room.Paths.StoreRoot;
        Disk.Write(Path.Combine(root, "blobs", "sha256", images[1].Root.Digest.Hex), [1, 2, 3]);
        List<(string Image, Exception Failure)> failed = [];
        IReadOnlyList<ContainerImage> read = await _room.ReadAsync(kind == "oci" ? $"oci:{place}" : "", (image, failure) =>
        {
            failed.Add((image, failure));
            return Task.CompletedTask;
        });
        Assert.Equal(new HashSet<Digest> { images[0].Root.Digest, images[2].Root.Digest }, [.. read.Select(image => image.Digest)]);
        (string name, Exception why) = Assert.Single(failed);
        Assert.EndsWith("@" + images[1].Root.Digest, name, StringComparison.Ordinal);
        Assert.IsAssignableFrom<BaseImageException>(why);

        // Who names it is told.
        await Assert.ThrowsAnyAsync<BaseImageException>(() => _room.ReadAsync(name));
    }

    [Theory]
    [InlineData("oci:{0}/new")]
    [InlineData("oci:{0}/old")]
    [InlineData("oci-archive:{0}/a.tar")]
    [InlineData("docker-archive:{0}/a.tar")]
    [InlineData("store:x")]
    public async Task AFailedWriteLeavesNothing(string destination)
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("old")}:y", TestImage.Of("a", [TestImage.Tar("other")]));
        await _room.WriteAsync("store:y", TestImage.Of("a", [TestImage.Tar("other")]));
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, destination, _room.Folder.Path);
        BuiltImage good = TestImage.Of("a", [TestImage.Tar("first"), TestImage.Tar("second")]);
        BuiltLayer last = good.Manifests[0].Layers[1];
        (Func<CancellationToken, ValueTask<Stream>> Open, Type Error)[] failures =
        [
            (_ => ValueTask.FromResult<Stream>(new MemoryStream(new byte[last.Descriptor.Size])), typeof(BaseImageException)),
            (_ => ValueTask.FromResult<Stream>(new MemoryStream(new byte[3])), typeof(BaseImageException)),
            (_ => throw new IOException("the cable was pulled"), typeof(IOException)),
            (_ => throw new OperationCanceledException(), typeof(OperationCanceledException)),
        ];
        // Locks of the cache are no leftovers: they are meant to stay.
        await _room.WriteAsync($"oci:{_room.Folder.Combine("lockmaker")}", good, "z");
        IReadOnlyList<string> before = Listing();
        foreach ((Func<CancellationToken, ValueTask<Stream>> open, Type error) in failures)
        {
            BuiltImage bad = good with { Manifests = [good.Manifests[0] with { Layers = [good.Manifests[0].Layers[0], last with { OpenAsync = open }] }] };
            Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => _room.WriteAsync(text, bad));
            Assert.True(error.IsInstanceOfType(thrown), thrown.ToString());
            Assert.Equal(before, Listing());
        }

        IReadOnlyList<string> Listing() => [.. _room.Folder.List().Where(n => !n.StartsWith("cache/", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task TheStoreHoldsImagesByNameAndTwoWritersAtOnce()
    {
        BuiltImage[] images = [.. Enumerable.Range(0, 12).Select(i => TestImage.Of($"name{i % 3}", [TestImage.Tar($"content {i}")]))];
        await Task.WhenAll(images.Select((image, i) => _room.WriteAsync("", image, $"tag{i}")));
        Assert.Equal(12, (await _room.ReadAsync("")).Count);
        IReadOnlyList<ContainerImage> one = await _room.ReadAsync("store:name1");
        Assert.Equal(["tag1", "tag10", "tag4", "tag7"], one.SelectMany(i => i.Tags).Order(StringComparer.Ordinal));
        Assert.All(one, image => Assert.Equal("name1", image.Name));
        ContainerImage tagged = Assert.Single(await _room.ReadAsync("store:name1:tag4"));
        Assert.Equal($"store:name1@{images[4].Root.Digest}", tagged.Reference);
        Assert.Equal(images[4].Root.Digest, Assert.Single(await _room.ReadAsync(tagged.Reference)).Digest);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.ReadAsync("store:name9"));
    }

    [Fact]
    public async Task AnEmptyStoreIsEmpty()
    {
        Assert.Empty(await _room.ReadAsync(""));
        await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.ReadAsync("store:x"));
    }

    [Fact]
    public async Task AFolderWithOtherThingsIsLeftAlone()
    {
        Directory.CreateDirectory(_room.Folder.Combine("home"));
        Disk.WriteText(_room.Folder.Combine("home", "letter.txt"), "mine");
        await Assert.ThrowsAsync<ImageStorageException>(() => _room.WriteAsync($"oci:{_room.Folder.Combine("home")}", TestImage.Of("a", [TestImage.Tar()]), "x"));
        Assert.Equal(["home/", "home/letter.txt"], _room.Folder.List().Where(n => n.StartsWith("home", StringComparison.Ordinal)));
    }

    [Fact]
    public void PlacesThatAreNotReachedSaySo()
    {
        Assert.Throws<EngineNotFoundException>(() => ImageDestinations.Parse("web:ci", _room.Paths));
        Assert.Throws<ImageTransportNotSupportedException>(() => ImageDestinations.Parse("docker://example.org/web", _room.Paths));
        Assert.Throws<ImageReferenceInvalidException>(() => ImageDestinations.Parse("./x", _room.Paths));
        Assert.Throws<ImageReferenceInvalidException>(() => ImageDestinations.Parse("oci:/x@sha256:" + new string('a', 64), _room.Paths));
    }

    [Fact]
    public async Task ZstdAndPlainLayersAreRead()
    {
        await _room.WriteAsync($"oci:{_room.Folder.Combine("z")}:zstd", TestImage.Of("a", [TestImage.Tar()], Codec.Zstd, MediaTypes.OciLayerZstd));
        await _room.WriteAsync($"oci:{_room.Folder.Combine("z")}:plain", TestImage.Of("a", [TestImage.Tar()], Codec.None, MediaTypes.OciLayer));
        await _room.FingerprintAsync($"oci:{_room.Folder.Combine("z")}");
    }

    [Fact]
    public void DocumentsAreCanonical()
    {
        BuiltDocument config = OciDocuments.Config(new OciConfig { Platform = new Platform("linux", "arm", "v7"), Created = DateTimeOffset.UnixEpoch, DiffIds = [Digest.Of("x"u8)] });
        Assert.Equal("{\"architecture\":\"arm\",\"config\":{},\"created\":\"1970-01-01T00:00:00Z\",\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[\"" + Digest.Of("x"u8) + "\"],\"type\":\"layers\"},\"variant\":\"v7\"}", Encoding.UTF8.GetString(config.Bytes));
        OciConfig read = OciReader.Config(config.Bytes, "config");
        Assert.Equal(new Platform("linux", "arm", "v7"), read.Platform);
        Assert.Null(read.Config.Cmd);
    }
}
