using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>
/// oras, crane and skopeo against the same registries and layouts: what one has pushed, attached or copied the other finds, to the byte,
/// where there is the referrers API (docker-registry with it) and where there is none (docker-registry, crane's registry).
/// </summary>
public sealed class OrasTests : IAsyncDisposable
{
    private const string Group = "application/x.group";
    private static readonly Platform Arm64 = Platform.Parse("linux/arm64");
    private readonly RegistryRoom _room = new();
    private readonly List<IAsyncDisposable> _registries = [];

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable registry in _registries)
        {
            await registry.DisposeAsync();
        }

        _room.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Oras => Tools.RequirePeer("usr/bin/oras");

    private static string Crane => Tools.RequirePeer("usr/bin/crane");

    private ImageCopier Copier => new(() => _room.Paths, _room.Places);

    [Theory]
    [InlineData("docker-registry")]
    [InlineData("crane")]
    [InlineData("referrers API")]
    public async Task TheGraphOfReferrersIsTheSameWhoeverMadeItAndWhoeverCopiesIt(string kind)
    {
        _ = Oras;
        string one = await StartAsync(kind) + "/team/base";
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")], Platform.LinuxAmd64, Arm64);
        await _room.PushAsync($"docker://{one}:1", image);

        // By oras: of the index, of a platform, of what refers to that, and an index that refers; by us: one more of each kind of subject.
        string sbom = await AttachAsync($"{one}:1", "application/x.sbom"), ofPlatform = await AttachAsync($"{one}@{image.Manifests[1].Manifest.Digest}", "application/x.sbom"), ofSbom = await AttachAsync($"{one}@{sbom}", "application/x.signature");
        string group = await GroupAsync(one, image.Root.Descriptor, sbom);
        List<string> all = [sbom, ofPlatform, ofSbom, group];
        await using (IArtifactStore store = _room.Registries.OpenArtifacts(ImageReference.Parse($"docker://{one}:1")))
        {
            OciDescriptor note = await store.WriteAsync(ReferrersTests.Note(image.Root.Descriptor, "note"), Stop);
            all.AddRange([note.Digest.ToString(), (await store.WriteAsync(ReferrersTests.Note(note, "note of a note"), Stop)).Digest.ToString()]);
            OciDescriptor index = (await store.ListReferrersAsync(image.Root.Digest, Stop)).Single(found => found.Digest.ToString() == group);
            Assert.Equal((Group, MediaTypes.OciIndex, "a group"), (index.ArtifactType, index.MediaType, index.Annotations["of"]));
            all.Add((await store.WriteAsync(ReferrersTests.Note(index, "note of a group"), Stop)).Digest.ToString());
        }

        string graph = await DiscoverAsync($"{one}:1");
        foreach (string digest in all.Where(digest => digest != ofPlatform))
        {
            Assert.Contains(digest, graph, StringComparison.Ordinal);
        }

        Assert.Contains(ofPlatform, await DiscoverAsync($"{one}@{image.Manifests[1].Manifest.Digest}"), StringComparison.Ordinal);

        // Registry to registry, by each.
        string ours = await StartAsync(kind) + "/ours", theirs = await StartAsync(kind) + "/theirs";
        PublishedImage copied = await CopyAsync($"docker://{one}:1", $"docker://{ours}:1");
        Assert.Equal(all.Order(StringComparer.Ordinal), copied.Referrers.Select(digest => digest.ToString()).Order(StringComparer.Ordinal));
        await OrasAsync("cp", "-r", "--from-plain-http", "--to-plain-http", $"{one}:1", $"{theirs}:1");
        await SameAsync(image, $"docker://{one}:1", $"docker://{ours}:1", $"docker://{theirs}:1");
        Assert.Equal(graph, await DiscoverAsync($"{ours}:1"));
        Assert.Equal(graph, await DiscoverAsync($"{theirs}:1"));

        // Through a layout, each one's read by the other.
        string our = _room.Folder.Combine("our"), their = _room.Folder.Combine("their");
        await CopyAsync($"docker://{one}:1", $"oci:{our}:1");
        await OrasAsync("cp", "-r", "--from-plain-http", "--to-oci-layout", $"{one}:1", $"{their}:1");
        await SameAsync(image, $"docker://{one}:1", $"oci:{our}:1", $"oci:{their}:1");
        string inOurs = await StartAsync(kind) + "/from/their", inTheirs = await StartAsync(kind) + "/from/our";
        await CopyAsync($"oci:{their}:1", $"docker://{inOurs}:1");
        await OrasAsync("cp", "-r", "--from-oci-layout", "--to-plain-http", $"{our}:1", $"{inTheirs}:1");
        await SameAsync(image, $"docker://{one}:1", $"docker://{inOurs}:1", $"docker://{inTheirs}:1");
        Assert.Equal(graph, await DiscoverAsync($"{inOurs}:1"));
        Assert.Equal(graph, await DiscoverAsync($"{inTheirs}:1"));
    }

    [Fact]
    public async Task TheRegistryWithTheApiIsOneForOras()
    {
        string address = await StartAsync("referrers API");
        ReferrersFront front = (ReferrersFront)_registries[^1];
        front.PageSize = 1;
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        await _room.PushAsync($"docker://{address}/a:1", image);
        string[] attached = [await AttachAsync($"{address}/a:1", "application/x.one", "--distribution-spec", "v1.1-referrers-api"), await AttachAsync($"{address}/a:1", "application/x.two")];
        JObject all = JObject.Parse(await OrasAsync("discover", "--plain-http", "--distribution-spec", "v1.1-referrers-api", "--format", "json", $"{address}/a:1"));
        Assert.Equal(attached.Order(StringComparer.Ordinal), all["referrers"]!.Select(one => (string)one["digest"]!).Order(StringComparer.Ordinal));
        JObject two = JObject.Parse(await OrasAsync("discover", "--plain-http", "--artifact-type", "application/x.two", "--format", "json", $"{address}/a:1"));
        Assert.Equal(attached[1], (string)Assert.Single(two["referrers"]!)["digest"]!);
        Assert.DoesNotContain("sha256-", await OrasAsync("repo", "tags", "--plain-http", $"{address}/a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker-registry")]
    [InlineData("crane")]
    public async Task OtherClientsReadWhatIsPublished(string kind)
    {
        string crane = Crane, skopeo = Tools.Require("skopeo"), address = await StartAsync(kind);
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")], Platform.LinuxAmd64, Arm64);
        await _room.PushAsync("store:base:12", image);
        await new ImagePublisher(() => _room.Paths, _room.Places, Copier).PublishAsync(new PublishRequest { Reference = "store:base:12", Destination = $"docker://{address}/team/base", Tags = ["12"] }, SilentReporter.Instance, Stop);
        Assert.Equal(Encoding.UTF8.GetString(image.Root.Bytes), (await Tools.RunAsync(crane, ["manifest", "--insecure", $"{address}/team/base:12"], environment: Home)).TrimEnd('\n'));
        foreach (string platform in new[] { "linux/amd64", "linux/arm64" })
        {
            (int code, string output, string error) = await Tools.TryRunAsync(crane, ["validate", "--insecure", "--platform", platform, "--remote", $"{address}/team/base:12"], environment: Home);
            Assert.True(code == 0 && (output + error).StartsWith("PASS", StringComparison.Ordinal), output + error);
        }

        await Tools.RunAsync(skopeo, ["copy", "--all", "--src-tls-verify=false", "--insecure-policy", $"docker://{address}/team/base:12", $"oci:{_room.Folder.Combine("skopeo")}:12"]);
        await SameAsync(image, $"docker://{address}/team/base:12", $"oci:{_room.Folder.Combine("skopeo")}:12");
        Assert.Equal("12\n", await OrasAsync("repo", "tags", "--plain-http", $"{address}/team/base"));
    }

    [Fact]
    public async Task WhatIsNoImageIsCopiedToo()
    {
        string from = await StartAsync("docker-registry") + "/a", to = await StartAsync("crane") + "/b";
        _room.Write("push/values.json", "{\"a\":1}");
        await OrasAsync("push", "--plain-http", $"{from}:1", "--artifact-type", "application/x.values", "values.json:application/json");
        string attached = await AttachAsync($"{from}:1", "application/x.sbom");
        Assert.Empty(await RegistryTests.ToListAsync(new ImageFinder(_room.Registries, () => _room.Cache).FindAsync(new FindRequest { Pattern = $"docker://{from}" }, (_, e) => Task.FromException(e), SilentReporter.Instance, Stop)));
        Assert.Contains("Copy-BaseImage", (await Assert.ThrowsAsync<ImageIsArtifactException>(() => _room.PullAsync($"docker://{from}:1"))).RecommendedAction, StringComparison.Ordinal);
        string layout = _room.Folder.Combine("layout"), archive = _room.Folder.Combine("values.tar");
        Assert.Equal([attached], (await CopyAsync($"docker://{from}:1", $"oci:{layout}:1")).Referrers.Select(digest => digest.ToString()));
        await CopyAsync($"oci:{layout}:1", $"oci-archive:{archive}:1");
        PublishedImage copied = await CopyAsync($"oci-archive:{archive}:1", $"docker://{to}:1");
        Assert.Equal([attached], copied.Referrers.Select(digest => digest.ToString()));
        Assert.Empty(copied.Platforms);
        await OrasAsync("pull", "--plain-http", "-o", _room.Folder.Combine("pulled"), $"{to}:1");
        Assert.Equal("{\"a\":1}", Disk.ReadText(_room.Folder.Combine("pulled", "values.json")));
        Assert.Contains(attached, await DiscoverAsync($"{to}:1"), StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Home => new() { ["HOME"] = _room.Folder.Combine("home"), ["DOCKER_CONFIG"] = _room.Folder.Combine("home") };

    private async Task<string> StartAsync(string kind)
    {
        (IAsyncDisposable registry, string address) = kind switch
        {
            "crane" => await CraneRegistry.StartAsync() is var crane ? (crane, crane.Address) : default,
            "docker-registry" => await TestRegistry.StartAsync() is var docker ? (docker, docker.Address) : default,
            _ => await ReferrersFront.StartAsync() is var front ? ((IAsyncDisposable)front, front.Address) : default,
        };
        _registries.Add(registry);
        return address;
    }

    private Task<PublishedImage> CopyAsync(string from, string to) => Copier.CopyAsync(new CopyRequest { Reference = from, Destination = to }, SilentReporter.Instance, Stop);

    private Task<string> OrasAsync(params string[] arguments) => Tools.RunAsync(Oras, arguments, folder: Path.GetDirectoryName(_room.Write("push/any", ""))!, environment: Home);

    private async Task<string> AttachAsync(string subject, string type, params string[] more)
    {
        _room.Write("push/note.json", $"{{\"about\":\"{subject}\"}}");
        return (string)JObject.Parse(await OrasAsync(["attach", "--plain-http", "--format", "json", "--artifact-type", type, "-a", "key=value", .. more, subject, "note.json:application/json"]))["digest"]!;
    }

    // An index that refers to an image, as OCI 1.1 has it.
    private async Task<string> GroupAsync(string repository, OciDescriptor subject, string member)
    {
        JObject child = JObject.Parse(await OrasAsync("manifest", "fetch", "--plain-http", "--descriptor", $"{repository}@{member}"));
        JObject index = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["artifactType"] = Group,
            ["manifests"] = new JArray(child),
            ["subject"] = OciDocuments.Descriptor(new OciDescriptor(subject.MediaType, subject.Digest, subject.Size)),
            ["annotations"] = new JObject { ["of"] = "a group" },
        };
        _room.Write("push/index.json", index.ToString());
        return (string)JObject.Parse(await OrasAsync("manifest", "push", "--plain-http", "--descriptor", repository, "index.json"))["digest"]!;
    }

    // What oras finds, whatever the place is called.
    private async Task<string> DiscoverAsync(string reference)
    {
        JObject found = JObject.Parse(await OrasAsync("discover", "--plain-http", "--format", "json", reference));
        Sort(found);
        return found.ToString();

        static void Sort(JObject node)
        {
            node.Remove("reference");
            JObject[] referrers = [.. (node["referrers"] as JArray ?? []).Cast<JObject>().OrderBy(one => (string)one["digest"]!, StringComparer.Ordinal)];
            Array.ForEach(referrers, Sort);
            node["referrers"] = new JArray(referrers.Cast<object>());
        }
    }

    // Every document of an image and of all that refers to it, by digest, and every blob, which reading checks.
    private async Task SameAsync(BuiltImage image, string first, params string[] others)
    {
        string[] expected = await AllAsync(first);
        Assert.Contains($"{image.Root.Digest} {image.Root.Bytes.Length}", expected);
        foreach (string other in others)
        {
            Assert.Equal(expected, await AllAsync(other));
        }
    }

    private async Task<string[]> AllAsync(string reference)
    {
        await using IArtifactStore store = await ArtifactStores.OpenAsync(ImageReference.Parse(reference), _room.Paths, Stop, _room.Registries);
        CopyPlan plan = await CopyPlan.MakeAsync(store, null, true, Stop);
        List<string> all = [.. plan.Documents.Select(document => $"{document.Digest} {document.Bytes.Length}"), .. plan.Referrers.Select(pair => $"{pair.Subject} <- {pair.Referrer.Digest} {pair.Referrer.ArtifactType} {string.Join(',', pair.Referrer.Annotations)}")];
        foreach (OciDescriptor blob in plan.Blobs)
        {
            all.Add($"{Digest.Of(await store.ReadAsync(blob, 1 << 20, Stop))} {blob.Size}");
        }

        return [.. all.Order(StringComparer.Ordinal)];
    }
}
