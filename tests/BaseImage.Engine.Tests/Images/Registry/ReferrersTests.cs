using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Building.ContainerBuild;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>What refers to an image, where registries have the API for it, where they have not, and where they lie.</summary>
public sealed class ReferrersTests : IDisposable
{
    private readonly RegistryRoom _room = new();

    public void Dispose() => _room.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ImageCopier Copier => new(() => _room.Paths, _room.Places);

    [Fact]
    public async Task WithTheApiEveryPageIsReadAndNothingIsWrittenUnderATag()
    {
        await using ReferrersFront front = await ReferrersFront.StartAsync();
        front.PageSize = 2;
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        ImageReference where = await _room.PushAsync($"docker://{front.Address}/team/base:1", image);
        await using IArtifactStore store = _room.Registries.OpenArtifacts(where);
        List<Digest> written = [];
        for (int i = 0; i < 5; i++)
        {
            written.Add((await store.WriteAsync(Note(image.Root.Descriptor, $"note {i}"), Stop)).Digest);
        }

        Assert.Null(await store.FindTagAsync(ReferrerTags.Of(image.Root.Digest), Stop));
        front.Requests.Clear();
        IReadOnlyList<OciDescriptor> listed = await store.ListReferrersAsync(image.Root.Digest, Stop);
        Assert.Equal(written.Order(), listed.Select(one => one.Digest));
        Assert.All(listed, one => Assert.Equal(("application/x.note", "value"), (one.ArtifactType, one.Annotations["key"])));
        Assert.Equal(3, front.Requests.Count(line => line.Contains("/referrers/", StringComparison.Ordinal)));

        // To a registry without the API and back: the tag is written there, and here it is not.
        await using TestRegistry plain = await TestRegistry.StartAsync();
        await using ReferrersFront back = await ReferrersFront.StartAsync();
        PublishedImage there = await Copier.CopyAsync(new CopyRequest { Reference = where.ToString(), Destination = $"docker://{plain.Address}/a:1" }, SilentReporter.Instance, Stop);
        Assert.Equal(written.Order(), there.Referrers.Order());
        Assert.Equal(5, (await FallbackAsync(plain.Address, "a", image.Root.Digest))!["manifests"]!.Count());
        await Copier.CopyAsync(new CopyRequest { Reference = $"docker://{plain.Address}/a:1", Destination = $"docker://{back.Address}/b:1" }, SilentReporter.Instance, Stop);
        Assert.Null(await FallbackAsync(back.Address, "b", image.Root.Digest));
        await using IArtifactStore copied = _room.Registries.OpenArtifacts(ImageReference.Parse($"docker://{back.Address}/b:1"));
        Assert.Equal(written.Order(), (await copied.ListReferrersAsync(image.Root.Digest, Stop)).Select(one => one.Digest));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("yes")]
    public async Task ARegistryThatDoesNotSayThatItListsTheSubjectIsToldByTheTag(string? says)
    {
        await using ReferrersFront front = await ReferrersFront.StartAsync();
        front.Says = _ => says;
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        ImageReference where = await _room.PushAsync($"docker://{front.Address}/a:1", image);
        await using IArtifactStore store = _room.Registries.OpenArtifacts(where);
        OciDescriptor note = await store.WriteAsync(Note(image.Root.Descriptor, "note"), Stop);
        JToken entry = Assert.Single((await FallbackAsync(front.Address, "a", image.Root.Digest))!["manifests"]!);
        Assert.Equal((note.Digest.ToString(), "application/x.note"), ((string)entry["digest"]!, (string)entry["artifactType"]!));

        // It is listed in both places, and once.
        Assert.Equal(note.Digest, Assert.Single(await store.ListReferrersAsync(image.Root.Digest, Stop)).Digest);
    }

    [Fact]
    public async Task WhatOthersWroteUnderTheTagStaysAsItIsAndIsListedBesideTheApi()
    {
        await using ReferrersFront front = await ReferrersFront.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        ImageReference here = await _room.PushAsync($"docker://{front.Address}/a:1", image), behind = ImageReference.Parse($"docker://{front.Behind}/a:1");
        await using IArtifactStore store = _room.Registries.OpenArtifacts(here), old = _room.Registries.OpenArtifacts(behind);
        OciDescriptor first = await old.WriteAsync(Note(image.Root.Descriptor, "before the registry learned it"), Stop);
        JObject index = (await FallbackAsync(front.Behind, "a", image.Root.Digest))!;
        JObject theirs = (JObject)index["manifests"]![0]!;
        theirs["annotations"] = new JObject { ["theirs"] = "1.10", ["time"] = "2026-01-02T03:04:05+01:00" };
        theirs["x-unknown"] = new JArray(1.5, "x");
        index["annotations"] = new JObject { ["of.the.list"] = "kept" };
        using RegistrySession session = _room.Registries.Open();
        RegistryClient client = session.Client(RegistryName.Of(behind));
        await client.PushManifestAsync(ReferrerTags.Of(image.Root.Digest), MediaTypes.OciIndex, Encoding.UTF8.GetBytes(index.ToString()), Stop);

        OciDescriptor second = await old.WriteAsync(Note(image.Root.Descriptor, "another"), Stop), third = await store.WriteAsync(Note(image.Root.Descriptor, "by the API"), Stop);
        JObject now = (await FallbackAsync(front.Behind, "a", image.Root.Digest))!;
        Assert.Equal([first.Digest.ToString(), second.Digest.ToString()], now["manifests"]!.Select(entry => (string)entry["digest"]!));
        Assert.True(JToken.DeepEquals(theirs, now["manifests"]![0]), now.ToString());
        Assert.True(JToken.DeepEquals(index["annotations"], now["annotations"]), now.ToString());
        Assert.Equal(new[] { first.Digest, second.Digest, third.Digest }.Order(), (await store.ListReferrersAsync(image.Root.Digest, Stop)).Select(one => one.Digest));
    }

    [Fact]
    public async Task WhatIsCopiedAndIsItselfAboutSomethingIsListedUnderThat()
    {
        await using TestRegistry from = await TestRegistry.StartAsync(), to = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        ImageReference where = await _room.PushAsync($"docker://{from.Address}/a:1", image);
        await using IArtifactStore store = _room.Registries.OpenArtifacts(where);
        OciDescriptor note = await store.WriteAsync(Note(image.Root.Descriptor, "note"), Stop), ofNote = await store.WriteAsync(Note(note, "note of a note"), Stop);

        // The note is copied before the image that it is about, and the image after it and alone.
        PublishedImage copied = await Copier.CopyAsync(new CopyRequest { Reference = where.Pin(note.Digest).ToString(), Destination = $"docker://{to.Address}/b" }, SilentReporter.Instance, Stop);
        Assert.Equal([ofNote.Digest], copied.Referrers);
        await Copier.CopyAsync(new CopyRequest { Reference = where.ToString(), Destination = $"docker://{to.Address}/b:1", WithoutReferrers = true }, SilentReporter.Instance, Stop);
        await using IArtifactStore there = _room.Registries.OpenArtifacts(ImageReference.Parse($"docker://{to.Address}/b:1"));
        Assert.Equal(note.Digest, Assert.Single(await there.ListReferrersAsync(image.Root.Digest, Stop)).Digest);
        Assert.Equal(ofNote.Digest, Assert.Single(await there.ListReferrersAsync(note.Digest, Stop)).Digest);
    }

    [Fact]
    public async Task WhatIsListedAndIsGoneIsToldByWhoeverCopies()
    {
        await using TestRegistry from = await TestRegistry.StartAsync(), to = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        ImageReference where = await _room.PushAsync($"docker://{from.Address}/a:1", image);
        await using IArtifactStore store = _room.Registries.OpenArtifacts(where);
        OciDescriptor gone = await store.WriteAsync(Note(image.Root.Descriptor, "gone"), Stop), kept = await store.WriteAsync(Note(image.Root.Descriptor, "kept"), Stop);
        File.Delete(from.BlobPath(gone.Digest.Hex));
        BuildRoom.SpokenReporter said = new();
        PublishedImage copied = await Copier.CopyAsync(new CopyRequest { Reference = where.ToString(), Destination = $"docker://{to.Address}/b:1" }, said, Stop);
        Assert.Equal([kept.Digest], copied.Referrers);
        Assert.Contains(gone.Digest.ToString(), Assert.Single(said.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Lists that are refused: what each leaves out might be what somebody relies on.</summary>
    [Theory]
    [InlineData("second page missing", typeof(RegistryAnswerInvalidException), "breaks off")]
    [InlineData("second page of another type", typeof(RegistryAnswerInvalidException), "breaks off")]
    [InlineData("leads back", typeof(RegistryAnswerInvalidException), "leads back")]
    [InlineData("another host", typeof(RegistryAnswerInvalidException), "another host")]
    [InlineData("pages without end", typeof(ImageLimitExceededException), "goes on after")]
    [InlineData("entries without end", typeof(ImageLimitExceededException), "goes on after")]
    [InlineData("too large", typeof(ImageLimitExceededException), "list of referrers")]
    [InlineData("no JSON", typeof(JsonInvalidException), "")]
    [InlineData("no index", typeof(ImageDocumentInvalidException), "manifests")]
    [InlineData("not for you", typeof(RegistryUnauthorizedException), "docker login")]
    [InlineData("down", typeof(RegistryUnavailableException), "")]
    public async Task AListThatCannotBeWholeIsRefused(string how, Type expected, string says)
    {
        _room.Options = _room.Options with { MaxPages = 30, Attempts = 2 };
        byte[] empty = "{\"schemaVersion\":2,\"manifests\":[]}"u8.ToArray(), entry = Index([.. Enumerable.Range(0, 2000).Select(i => new OciDescriptor(MediaTypes.OciManifest, Digest.Of(BitConverter.GetBytes(i)), 5))]);
        int page = 0;
        await using HostileServer elsewhere = new((_, stream, _) => ReplyAsync(stream, empty, ""));
        await using HostileServer server = new((request, stream, _) =>
        {
            if (!request.Path.Contains("/referrers/", StringComparison.Ordinal))
            {
                return HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default);
            }

            bool first = page++ == 0;
            return how switch
            {
                "second page missing" => first ? ReplyAsync(stream, empty, "</v2/a/referrers/x?2>") : HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default),
                "second page of another type" => ReplyAsync(stream, empty, first ? "</v2/a/referrers/x?2>" : "", first ? MediaTypes.OciIndex : "text/html"),
                "leads back" => ReplyAsync(stream, empty, "</v2/a/referrers/x?2>"),
                "another host" => ReplyAsync(stream, empty, $"<http://127.0.0.2:{elsewhere.Url[(elsewhere.Url.LastIndexOf(':') + 1)..]}/v2/a/referrers/x>"),
                "pages without end" => ReplyAsync(stream, empty, $"</v2/a/referrers/x?{page}>"),
                "entries without end" => ReplyAsync(stream, entry, $"</v2/a/referrers/x?{page}>"),
                "too large" => ReplyAsync(stream, new byte[OciLimits.MaxIndexBytes + 1], ""),
                "no JSON" => ReplyAsync(stream, "{\"schemaVersion\":2,\"manifests\":["u8.ToArray(), ""),
                "no index" => ReplyAsync(stream, "{\"schemaVersion\":2}"u8.ToArray(), ""),
                "not for you" => HostileServer.ReplyAsync(stream, "403 Forbidden", "Content-Length: 0\r\n", default),
                _ => HostileServer.ReplyAsync(stream, "502 Bad Gateway", "Content-Length: 0\r\n", default),
            };
        });
        await using IArtifactStore store = _room.Registries.OpenArtifacts(ImageReference.Parse($"docker://{server.Url["http://".Length..]}/a:1"));
        BaseImageException error = (BaseImageException)await Assert.ThrowsAsync(expected, () => store.ListReferrersAsync(Digest.Of("x"u8), Stop));
        Assert.Contains(says, error.Message + error.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
        Assert.InRange(server.Requests.Count, 1, 40);
    }

    /// <summary>What is listed and is not what it is listed as is passed over, and what lies beside it is found.</summary>
    [Theory]
    [InlineData("another's", 1)]
    [InlineData("other bytes", 1)]
    [InlineData("a false size", 1)]
    [InlineData("gone", 1)]
    [InlineData("no manifest", 1)]
    [InlineData("unknown type", 1)]
    [InlineData("no API", 0)]
    [InlineData("a page for people", 0)]
    public async Task WhatIsNotWhatItIsListedAsIsPassedOver(string how, int expected)
    {
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        BuiltArtifact good = Note(image.Root.Descriptor, "good"), bad = Note(how == "another's" ? good.Manifest.Descriptor : image.Root.Descriptor, "bad");
        byte[] nothing = "{}"u8.ToArray();
        OciDescriptor badOne = how switch
        {
            "a false size" => bad.Manifest.Descriptor with { Size = bad.Manifest.Bytes.Length + 1 },
            "no manifest" => new OciDescriptor(MediaTypes.OciManifest, Digest.Of(nothing), nothing.Length),
            "unknown type" => bad.Manifest.Descriptor with { MediaType = "application/vnd.oci.artifact.manifest.v1+json" },
            _ => bad.Manifest.Descriptor,
        };
        await using HostileServer server = new((request, stream, _) => request.Path switch
        {
            var path when path.Contains("/referrers/", StringComparison.Ordinal) => how switch
            {
                "no API" => HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default),
                "a page for people" => ReplyAsync(stream, "<html>"u8.ToArray(), "", "text/html"),

                // What has the filter applied though nobody asked is read like any other.
                _ => ReplyAsync(stream, Index([badOne, good.Manifest.Descriptor]), "", MediaTypes.OciIndex, "OCI-Filters-Applied: artifactType\r\n"),
            },
            var path when path.EndsWith(good.Manifest.Digest.ToString(), StringComparison.Ordinal) => ReplyAsync(stream, good.Manifest.Bytes, "", MediaTypes.OciManifest),
            var path when path.EndsWith(badOne.Digest.ToString(), StringComparison.Ordinal) && how != "gone" => ReplyAsync(stream, how == "other bytes" ? good.Manifest.Bytes : how == "no manifest" ? nothing : bad.Manifest.Bytes, "", MediaTypes.OciManifest),
            _ => HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default),
        });
        await using IArtifactStore store = _room.Registries.OpenArtifacts(ImageReference.Parse($"docker://{server.Url["http://".Length..]}/a:1"));
        Assert.Equal(expected == 0 ? [] : [good.Manifest.Digest], (await store.ListReferrersAsync(image.Root.Digest, Stop)).Select(one => one.Digest));
        Assert.Contains(server.Requests, request => request.Path.EndsWith($"/manifests/{ReferrerTags.Of(image.Root.Digest)}", StringComparison.Ordinal));
    }

    internal static BuiltArtifact Note(OciDescriptor? subject, string text)
        => OciDocuments.Artifact("application/x.note", subject, [(new BuiltDocument("text/plain", Encoding.UTF8.GetBytes(text)), new SortedDictionary<string, string>())], new SortedDictionary<string, string> { ["key"] = "value" });

    private static byte[] Index(IReadOnlyList<OciDescriptor> manifests) => OciDocuments.Index(manifests).Bytes;

    private static Task ReplyAsync(Stream stream, byte[] body, string next, string type = MediaTypes.OciIndex, string more = "")
        => HostileServer.ReplyAsync(stream, "200 OK", $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n{more}{(next.Length == 0 ? "" : $"Link: {next}; rel=\"next\"\r\n")}", body);

    private async Task<JObject?> FallbackAsync(string host, string repository, Digest subject)
    {
        using RegistrySession session = _room.Registries.Open();
        RegistryDocument? found = await session.Client(RegistryName.Parse($"{host}/{repository}")).TryReadManifestAsync(ReferrerTags.Of(subject), Stop);
        return found is null ? null : BaseImage.Engine.Storage.StrictJson.ParseObject(found.Bytes, "the list", OciLimits.Json);
    }
}
