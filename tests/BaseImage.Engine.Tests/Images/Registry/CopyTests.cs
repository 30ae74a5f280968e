using System.Text;
using BaseImage.Engine.Building.Pinning;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>Images go from place to place with what refers to them, and no digest changes.</summary>
public sealed class CopyTests : IDisposable
{
    private static readonly Platform Arm64 = Platform.Parse("linux/arm64");
    private readonly RegistryRoom _room = new();

    public void Dispose() => _room.Dispose();

    private CancellationToken Stop => TestContext.Current.CancellationToken;

    private ImageCopier Copier => new(() => _room.Paths, _room.Places);

    [Fact]
    public async Task AcrossAnAirGapEverythingThatRefersToAnImageGoesAlong()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using TestRegistry inside = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")], Platform.LinuxAmd64, Arm64);
        string from = $"docker://{registry.Address}/team/base:12";
        await _room.PushAsync(from, image);
        OciDescriptor signature, ofSbom, cosign;
        await using (IArtifactStore beside = _room.Registries.OpenArtifacts(ImageReference.Parse(from)))
        {
            signature = await beside.WriteAsync(Artifact("application/x.signature", image.Root.Descriptor, "signed"), Stop);
            OciDescriptor sbom = await beside.WriteAsync(Artifact("application/x.sbom", image.Manifests[0].Manifest.Descriptor, "sbom"), Stop);
            ofSbom = await beside.WriteAsync(Artifact("application/x.signature", sbom, "signed sbom"), Stop);
            cosign = await beside.WriteAsync(Artifact("application/x.cosign", null, "cosign") with { Tag = ReferrerTags.Of(image.Root.Digest) + ".sig" }, Stop);
        }

        PublishedImage archive = await Copier.CopyAsync(new CopyRequest { Reference = from, Destination = $"oci-archive:{_room.Folder.Combine("gap.tar")}" }, SilentReporter.Instance, Stop);
        Assert.Equal(image.Root.Digest, archive.Digest);
        Assert.Equal(4, archive.Referrers.Count);
        Assert.Equal(["12"], archive.Tags);

        PublishedImage layout = await Copier.CopyAsync(new CopyRequest { Reference = $"oci-archive:{_room.Folder.Combine("gap.tar")}:12", Destination = $"oci:{_room.Folder.Combine("layout")}:x" }, SilentReporter.Instance, Stop);
        Assert.Equal(archive.Referrers.Order(), layout.Referrers.Order());

        string to = $"docker://{inside.Address}/mirror/base";
        PublishedImage published = await Copier.CopyAsync(new CopyRequest { Reference = $"oci:{_room.Folder.Combine("layout")}:x", Destination = to, Tags = ["12", "latest"] }, SilentReporter.Instance, Stop);
        Assert.Equal(archive.Referrers.Order(), published.Referrers.Order());
        Assert.Equal([Platform.LinuxAmd64, Arm64], published.Platforms);
        Assert.Equal(image.Root.Digest, (await _room.PullAsync(to + ":12")).Root.Digest);
        Assert.Equal(image.Root.Digest, (await _room.PullAsync(to)).Root.Digest);

        await using IArtifactStore there = _room.Registries.OpenArtifacts(ImageReference.Parse(to));
        OciDescriptor found = Assert.Single(await there.ListReferrersAsync(image.Root.Digest, Stop));
        Assert.Equal((signature.Digest, "application/x.signature"), (found.Digest, found.ArtifactType));
        Assert.Equal("value", found.Annotations["key"]);
        OciDescriptor sbomThere = Assert.Single(await there.ListReferrersAsync(image.Manifests[0].Manifest.Digest, Stop));
        Assert.Equal(ofSbom.Digest, Assert.Single(await there.ListReferrersAsync(sbomThere.Digest, Stop)).Digest);
        Assert.Equal(cosign.Digest, (await there.FindTagAsync(ReferrerTags.Of(image.Root.Digest) + ".sig", Stop))?.Digest);
        Assert.Equal(Digest.Of(Encoding.UTF8.GetBytes("signed")), OciReader.Manifest(await there.ReadAsync(found, 1 << 20, Stop), "x").Layers[0].Digest);

        PublishedImage again = await Copier.CopyAsync(new CopyRequest { Reference = from, Destination = to, Tags = ["12"] }, SilentReporter.Instance, Stop);
        Assert.Equal((0, 0L), (again.BlobsCopied, again.BytesCopied));
    }

    [Fact]
    public async Task OnePlatformIsCopiedWithItsOwnDigest()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()], Platform.LinuxAmd64, Arm64);
        await _room.PushAsync($"docker://{registry.Address}/a:1", image);
        CopyRequest request = new() { Reference = $"docker://{registry.Address}/a:1", Destination = $"oci:{_room.Folder.Combine("one")}", Platform = Arm64 };
        PublishedImage copied = await Copier.CopyAsync(request, SilentReporter.Instance, Stop);
        Assert.Equal(image.Manifests[1].Manifest.Digest, copied.Digest);
        Assert.Equal([Arm64], copied.Platforms);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => Copier.CopyAsync(request with { Platform = Platform.Parse("linux/s390x") }, SilentReporter.Instance, Stop));

        // What is one platform's alone is held against what was asked for too.
        string alone = $"oci:{_room.Folder.Combine("one")}";
        Assert.Equal(copied.Digest, (await Copier.CopyAsync(request with { Reference = alone, Destination = $"oci:{_room.Folder.Combine("same")}" }, SilentReporter.Instance, Stop)).Digest);
        ImageNotFoundException other = await Assert.ThrowsAsync<ImageNotFoundException>(() => Copier.CopyAsync(request with { Reference = alone, Destination = $"oci:{_room.Folder.Combine("other")}", Platform = Platform.LinuxAmd64 }, SilentReporter.Instance, Stop));
        Assert.Contains("linux/arm64", other.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithinARegistryLayersAreTakenFromTheOtherRepository()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        await _room.PushAsync($"docker://{registry.Address}/a:1", image);
        PublishedImage copied = await Copier.CopyAsync(new CopyRequest { Reference = $"docker://{registry.Address}/a:1", Destination = $"docker://{registry.Address}/team/b" }, SilentReporter.Instance, Stop);
        Assert.Equal((0, 2, 0L), (copied.BlobsCopied, copied.BlobsPresent, copied.BytesCopied));
        Assert.Equal(image.Root.Digest, (await _room.PullAsync($"docker://{registry.Address}/team/b:1")).Root.Digest);
    }

    [Fact]
    public async Task ManyThatWriteTheListOfReferrersAtOnceLoseNothing()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        ImageReference where = await _room.PushAsync($"docker://{registry.Address}/a:1", image);
        OciDescriptor[] written = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using IArtifactStore store = _room.Registries.OpenArtifacts(where);
            return await store.WriteAsync(Artifact("application/x.signature", image.Root.Descriptor, $"signature {i}"), Stop);
        }));
        await using IArtifactStore reader = _room.Registries.OpenArtifacts(where);
        Assert.Equal(written.Select(d => d.Digest).Order(), (await reader.ListReferrersAsync(image.Root.Digest, Stop)).Select(d => d.Digest));

        // What is listed under an image and is about another is passed over.
        OciDescriptor foreign = await reader.WriteAsync(Artifact("application/x.signature", image.Manifests[0].Config.Descriptor, "foreign"), Stop);
        using RegistrySession session = _room.Registries.Open();
        await new RegistryArtifactStore(session, where).ListAsync(image.Root.Digest, foreign, Stop);
        Assert.DoesNotContain(await reader.ListReferrersAsync(image.Root.Digest, Stop), d => d.Digest == foreign.Digest);
    }

    [Fact]
    public async Task WhatIsPublishedFromTheStoreOrFromADockerArchiveIsFoundByItsTags()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")]);
        await _room.PushAsync("store:base:12", image);
        ImagePublisher publisher = new(() => _room.Paths, _room.Places, Copier);
        PublishedImage published = await publisher.PublishAsync(new PublishRequest { Reference = "store:base:12", Destination = $"docker://{registry.Address}/team/base", Tags = ["12", "12.1"] }, SilentReporter.Instance, Stop);
        Assert.Equal((image.Root.Digest, 3), (published.Digest, published.BlobsCopied));

        BuiltImage other = TestImage.Of("other", [TestImage.Tar("three")]);
        await _room.PushAsync($"docker-archive:{_room.Folder.Combine("saved.tar")}", other, "1");
        PublishedImage packed = await publisher.PublishAsync(new PublishRequest { Reference = $"docker-archive:{_room.Folder.Combine("saved.tar")}", Destination = $"docker://{registry.Address}/team/other" }, SilentReporter.Instance, Stop);
        PublishedImage twice = await publisher.PublishAsync(new PublishRequest { Reference = $"docker-archive:{_room.Folder.Combine("saved.tar")}", Destination = $"docker://{registry.Address}/team/other" }, SilentReporter.Instance, Stop);
        Assert.Equal((packed.Digest, 0), (twice.Digest, twice.BlobsCopied));
        Assert.Equal(other.Manifests[0].Config.Digest, (await _room.PullAsync($"docker://{registry.Address}/team/other")).Manifests[0].ConfigDescriptor.Digest);

        ImageFinder finder = new(_room.Registries, () => _room.Cache);
        Assert.Equal(["team/base: 12,12.1", "team/other: latest"], await FindAsync(finder, new FindRequest { Pattern = $"docker://{registry.Address}/team/*" }));
        Assert.Equal(["team/base: 12.1"], await FindAsync(finder, new FindRequest { Pattern = $"docker://{registry.Address}/*/b?se:*.1" }));
        Assert.Equal(2, (await FindAsync(finder, new FindRequest { Pattern = registry.Address, Latest = true })).Count);
        await Assert.ThrowsAsync<RegistryNotFoundException>(() => FindAsync(finder, new FindRequest { Pattern = $"docker://{registry.Address}/none" }));
        await Assert.ThrowsAsync<ImageReferenceInvalidException>(() => FindAsync(finder, new FindRequest { Pattern = $"docker://{registry.Address}/../x" }));

        async Task<List<string>> FindAsync(ImageFinder by, FindRequest request)
            => [.. (await RegistryTests.ToListAsync(by.FindAsync(request, (_, e) => Task.FromException(e), SilentReporter.Instance, Stop))).Select(i => $"{i.Name[(registry.Address.Length + 1)..]}: {string.Join(',', i.Tags)}")];
    }

    [Fact]
    public async Task LayersThatMustNotBePassedOnAreLeftWhereTheyLie()
    {
        BuiltManifest one = TestImage.Of("base", [TestImage.Tar("theirs"), TestImage.Tar("ours")]).Manifests[0];
        OciDescriptor foreign = one.Layers[0].Descriptor with { MediaType = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" };
        BuiltDocument manifest = OciDocuments.Manifest(one.Config.Descriptor, [foreign, one.Layers[1].Descriptor]);
        string folder = _room.Folder.Combine("windows");
        IEnumerable<PushedBlob> blobs = [PushedBlob.Of(manifest), PushedBlob.Of(one.Config), new PushedBlob(one.Layers[1].Descriptor, one.Layers[1].OpenAsync)];
        await LayoutWriter.AddAsync(folder, new LayoutAddition([.. blobs.Select(blob => (blob.Descriptor, blob.OpenAsync))], [(manifest.Descriptor, "1")]), FolderLock.PathFor(folder, _room.Paths), Stop);
        PublishedImage copied = await Copier.CopyAsync(new CopyRequest { Reference = $"oci:{folder}:1", Destination = $"oci:{_room.Folder.Combine("copy")}" }, SilentReporter.Instance, Stop);
        Assert.Equal((manifest.Digest, 2), (copied.Digest, copied.BlobsCopied));
    }

    [Fact]
    public async Task ATagOfADockerfileIsFoundWithoutAnEngine()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        await _room.PushAsync($"docker://{registry.Address}/team/base:12", image);
        TagResolver tags = new(_ => Task.FromException<IContainerEngine>(new EngineNotFoundException([])), mayPull: false, (name, token) => _room.Registries.FindAsync(ImageReference.Parse("docker://" + name.Tagged), token));
        Assert.Equal(image.Root.Digest, (await tags.ResolveAsync(ImageName.Parse($"{registry.Address}/team/base:12")!, Stop)).Digest);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => tags.ResolveAsync(ImageName.Parse($"{registry.Address}/team/base:13")!, Stop));
    }

    private static BuiltArtifact Artifact(string type, OciDescriptor? subject, string text)
        => OciDocuments.Artifact(type, subject, [(new BuiltDocument("text/plain", Encoding.UTF8.GetBytes(text)), new SortedDictionary<string, string>())], new SortedDictionary<string, string> { ["key"] = "value" });
}
