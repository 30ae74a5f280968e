using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Images;

public sealed class LayoutArtifactTests : IDisposable
{
    private const string Type = "application/vnd.example.note";
    private static readonly Dictionary<string, string> Nothing = [];
    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("oci")]
    [InlineData("store")]
    public async Task WhatIsAddedIsListedAndTheImagesStayWhatTheyWere(string kind)
    {
        ImageReference web = await WriteAsync(kind, "web", "one");
        ImageReference other = await WriteAsync(kind, "other", "two");
        await using IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token);
        OciDescriptor subject = await store.FindSubjectAsync(Token);
        Assert.Equal(web.Digest, subject.Digest);
        Assert.Empty(await store.ListReferrersAsync(subject.Digest, Token));

        BuiltArtifact note = Note(subject, "hello");
        OciDescriptor written = await store.WriteAsync(note, Token);
        Assert.Equal(note.Manifest.Digest, written.Digest);
        string before = Snapshot();
        await store.WriteAsync(note, Token);
        Assert.Equal(before, Snapshot());

        OciDescriptor listed = Assert.Single(await store.ListReferrersAsync(subject.Digest, Token));
        Assert.Equal((written.Digest, Type, "yes"), (listed.Digest, listed.ArtifactType, listed.Annotations["a"]));
        OciManifest manifest = OciReader.Manifest(await store.ReadAsync(listed, OciLimits.MaxManifestBytes, Token), "note");
        Assert.Equal(subject.Digest, manifest.Subject?.Digest);
        Assert.Equal("hello", Encoding.UTF8.GetString(await store.ReadAsync(manifest.Layers[0], 100, Token)));
        await Assert.ThrowsAsync<ImageLimitExceededException>(() => store.ReadAsync(manifest.Layers[0], 4, Token));

        // Another image's are none of it, and a listing of images shows none of either.
        await using IArtifactStore beside = await ArtifactStores.OpenAsync(other, _room.Paths, Token);
        Assert.Empty(await beside.ListReferrersAsync(other.Digest, Token));
        Assert.Equal([other.Digest, web.Digest], (await _room.ReadAsync(Everything(kind))).Select(image => image.Digest).OrderBy(digest => digest == web.Digest));
    }

    [Theory]
    [InlineData("oci")]
    [InlineData("store")]
    public async Task ATagLeadsToTheLastThatHadIt(string kind)
    {
        ImageReference web = await WriteAsync(kind, "web", "one");
        await using IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token);
        OciDescriptor subject = await store.FindSubjectAsync(Token);
        string tag = ReferrerTags.Of(subject.Digest) + ".sig";
        Assert.Null(await store.FindTagAsync(tag, Token));
        await store.WriteAsync(Note(null, "first") with { Tag = tag }, Token);
        OciDescriptor second = await store.WriteAsync(Note(null, "second") with { Tag = tag }, Token);
        Assert.Equal(second.Digest, (await store.FindTagAsync(tag, Token))?.Digest);
        Assert.Empty(await store.ListReferrersAsync(subject.Digest, Token));
    }

    [Fact]
    public async Task WhatAFallbackTagListsIsBelievedOnlyAsFarAsItsOwnSubject()
    {
        ImageReference web = await WriteAsync("oci", "web", "one");
        ImageReference other = await WriteAsync("oci", "other", "two");
        await using IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token);
        OciDescriptor subject = await store.FindSubjectAsync(Token);
        await using IArtifactStore beside = await ArtifactStores.OpenAsync(other, _room.Paths, Token);
        OciDescriptor own = await store.WriteAsync(Note(subject, "own"), Token);
        OciDescriptor foreign = await store.WriteAsync(Note(await beside.FindSubjectAsync(Token), "foreign"), Token);
        BuiltDocument fallback = OciDocuments.Index([own, foreign]);
        await store.WriteAsync(new BuiltArtifact(fallback, []) { Tag = ReferrerTags.Of(subject.Digest) }, Token);

        Assert.Equal(own.Digest, Assert.Single(await store.ListReferrersAsync(subject.Digest, Token)).Digest);
    }

    [Fact]
    public async Task ADamagedNeighbourHidesNothing()
    {
        ImageReference web = await WriteAsync("oci", "web", "one");
        await using IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token);
        OciDescriptor subject = await store.FindSubjectAsync(Token);
        OciDescriptor good = await store.WriteAsync(Note(subject, "good"), Token);
        OciDescriptor bad = await store.WriteAsync(Note(subject, "bad"), Token);
        string blob = Path.Combine(web.Path, "blobs", "sha256", bad.Digest.Hex);
        byte[] bytes = await File.ReadAllBytesAsync(blob, Token);
        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes, Token);

        Assert.Equal(good.Digest, Assert.Single(await store.ListReferrersAsync(subject.Digest, Token)).Digest);
        await Assert.ThrowsAsync<ImageBlobCorruptException>(() => store.ReadAsync(bad, OciLimits.MaxManifestBytes, Token));
    }

    [Fact]
    public async Task ACosignSignatureIsNoImage()
    {
        ImageReference web = await WriteAsync("oci", "web", "one");
        await using IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token);
        BuiltDocument config = new(MediaTypes.OciConfig, Encoding.UTF8.GetBytes("""{"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":[]}}"""));
        BuiltDocument payload = new("application/vnd.dev.cosign.simplesigning.v1+json", "{}"u8.ToArray());
        await store.WriteAsync(OciDocuments.Artifact("", null, [(payload, Nothing)], Nothing, config) with { Tag = ReferrerTags.Of(web.Digest) + ".sig" }, Token);

        Assert.Equal(web.Digest, Assert.Single(await _room.ReadAsync(Everything("oci"))).Digest);
    }

    [Theory]
    [InlineData("docker-archive:{0}", typeof(ImageTransportNotSupportedException))]
    [InlineData("oci-archive:{0}", typeof(ImageTransportNotSupportedException))]
    public async Task ArchivesTakeNothing(string form, Type error)
    {
        string place = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, _room.Folder.Combine("web.tar"));
        ImageReference web = await _room.WriteAsync(place, TestImage.Of("web", [TestImage.Tar()]), "latest");
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            await using IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token);
            await store.WriteAsync(Note(await store.FindSubjectAsync(Token), "x"), Token);
        });
        Assert.IsType(error, failure);
    }

    [Fact]
    public async Task AnArchiveShowsWhatItsLayoutHad()
    {
        ImageReference web = await WriteAsync("oci", "web", "one");
        await using (IArtifactStore store = await ArtifactStores.OpenAsync(web, _room.Paths, Token))
        {
            await store.WriteAsync(Note(await store.FindSubjectAsync(Token), "hello"), Token);
        }

        string archive = _room.Folder.Combine("layout.tar");
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(web.Path, archive, includeBaseDirectory: false, Token);
        await using IArtifactStore packed = await ArtifactStores.OpenAsync(ImageReference.Parse($"oci-archive:{archive}@{web.Digest}"), _room.Paths, Token);
        Assert.Equal(Type, Assert.Single(await packed.ListReferrersAsync(web.Digest, Token)).ArtifactType);
    }

    private async Task<ImageReference> WriteAsync(string kind, string name, string content)
        => await _room.WriteAsync(kind == "store" ? $"store:{name}" : $"oci:{_room.Folder.Combine("layout")}:{name}", TestImage.Of(name, [TestImage.Tar(content)]));

    private string Everything(string kind) => kind == "store" ? "" : $"oci:{_room.Folder.Combine("layout")}";

    private static BuiltArtifact Note(OciDescriptor? subject, string text)
        => OciDocuments.Artifact(Type, subject, [(new BuiltDocument("text/plain", Encoding.UTF8.GetBytes(text)), Nothing)], new Dictionary<string, string> { ["a"] = "yes" });

    private string Snapshot() => string.Join('\n', Directory.GetFiles(_room.Folder.Path, "*", SearchOption.AllDirectories)
        .Where(path => !path.EndsWith("lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => $"{path} {Digest.Of(File.ReadAllBytes(path))}"));
}
