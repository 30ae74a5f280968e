using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>A real registry is pushed to and pulled from: plainly, over TLS, with a password, with tokens.</summary>
public sealed class RegistryTests : IDisposable
{
    private readonly RegistryRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task WhatIsPushedIsPulledBackByteForByteByTagAndByDigest()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")], Platform.LinuxAmd64, Platform.Parse("linux/arm64"));
        ImageReference pinned = await _room.PushAsync($"docker://{registry.Address}/team/base", image, "12", "bookworm");
        Assert.Equal(image.Root.Digest, pinned.Digest);
        foreach (string reference in new[] { $"docker://{registry.Address}/team/base:12", $"docker://{registry.Address}/team/base:bookworm", pinned.ToString() })
        {
            SourceImage found = await _room.PullAsync(reference);
            Assert.Equal(image.Root.Digest, found.Root.Digest);
            Assert.Equal(image.Manifests.Select(m => m.Platform), found.Manifests.Select(m => m.Platform));
            Assert.Equal(image.Manifests[0].Config.Bytes, found.Manifests[0].ConfigBytes.ToArray());
            Assert.Equal(pinned, found.Pinned);
        }

        ImageNotFoundException missing = await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.PullAsync($"docker://{registry.Address}/team/base"));
        Assert.Contains("team/base", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.PullAsync($"docker://{registry.Address}/no/such:1"));
    }

    [Fact]
    public async Task OverTlsAndWithAPasswordOneIsLetInByOnesFilesOrTheCommandLine()
    {
        TestAuthority authority = _room.Authority();
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tls = authority.Tls, Passwords = _room.Passwords("joe", "pass:word-1") });
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        string where = $"docker://{registry.Address}/base:1";

        RegistryTlsException untrusted = await Assert.ThrowsAsync<RegistryTlsException>(() => _room.PushAsync(where, image));
        Assert.Contains("signed by nobody", untrusted.Message, StringComparison.Ordinal);
        _room.Trust(registry.Address, _room.Authority("other"));
        await Assert.ThrowsAsync<RegistryTlsException>(() => _room.PushAsync(where, image));

        _room.Trust(registry.Address, authority);
        RegistryUnauthorizedException nobody = await Assert.ThrowsAsync<RegistryUnauthorizedException>(() => _room.PushAsync(where, image));
        Assert.Contains("docker login", nobody.RecommendedAction, StringComparison.Ordinal);
        _room.LogIn(registry.Address, "joe", "wrong-password-1");
        RegistryUnauthorizedException wrong = await Assert.ThrowsAsync<RegistryUnauthorizedException>(() => _room.PushAsync(where, image));
        Assert.DoesNotContain("wrong-password-1", wrong.ToString(), StringComparison.Ordinal);

        _room.LogIn($"https://{registry.Address}/v1/", "joe", "pass:word-1");
        await _room.PushAsync(where, image);
        Assert.Equal(image.Root.Digest, (await _room.PullAsync(where)).Root.Digest);

        _room.LogIn(registry.Address, "joe", "wrong-password-1");
        _room.Access = new RegistryAccess { Login = new RegistryLogin("joe", "pass:word-1") };
        Assert.Equal(image.Root.Digest, (await _room.PullAsync(where)).Root.Digest);
    }

    [Fact]
    public async Task ACertificateForAnotherNameIsRefusedWhoeverSignedIt()
    {
        TestAuthority authority = new(_room, "ca", "elsewhere.test");
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tls = authority.Tls });
        _room.Trust(registry.Address, authority);
        RegistryTlsException error = await Assert.ThrowsAsync<RegistryTlsException>(() => _room.PullAsync($"docker://{registry.Address}/base:1"));
        Assert.Contains("another name", error.Message, StringComparison.Ordinal);

        _room.Configure($$$"""{"Registries":{"{{{registry.Address}}}":{"Insecure":true} } }""");
        await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.PullAsync($"docker://{registry.Address}/base:1"));
    }

    [Fact]
    public async Task TokensAreFetchedOnceForEachScopeAndAnewWhenTheyAreOld()
    {
        await using TokenServer tokens = new(_room);
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tokens = tokens.Setup });
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")]);
        string where = $"docker://{registry.Address}/team/base:1";
        await Assert.ThrowsAsync<RegistryUnauthorizedException>(() => _room.PushAsync(where, image));
        _room.LogIn(registry.Address, "user", tokens.Password);
        tokens.Asked.Clear();
        await _room.PushAsync(where, image);
        Assert.Equal(["repository:team/base:pull", "repository:team/base:pull,push"], tokens.Asked.Select(Scope).Order(StringComparer.Ordinal));

        tokens.Asked.Clear();
        await _room.PullAsync(where);
        Assert.Single(tokens.Asked);

        tokens.Seconds = 1;
        using RegistrySession session = _room.Registries.Open();
        RegistryClient client = session.Client(RegistryName.Of(ImageReference.Parse(where)));
        tokens.Asked.Clear();
        await client.TryFindManifestAsync("1", TestContext.Current.CancellationToken);
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        await client.TryFindManifestAsync("1", TestContext.Current.CancellationToken);
        Assert.Equal(2, tokens.Asked.Count);

        _room.LogIn(registry.Address, "user", "not the password");
        RegistryUnauthorizedException wrong = await Assert.ThrowsAsync<RegistryUnauthorizedException>(() => _room.PullAsync(where));
        Assert.DoesNotContain("not the password", wrong.ToString(), StringComparison.Ordinal);
        static string Scope(string path) => System.Web.HttpUtility.ParseQueryString(new Uri("http://x" + path).Query)["scope"]!;
    }

    [Fact]
    public async Task AnImageWhoseLayersAreThereMovesNoLayerBytes()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using CutProxy proxy = new(registry.Port);
        byte[] noise = new byte[3 << 20];
        new Random(7).NextBytes(noise);
        BuiltImage image = TestImage.Of("base", [new TestTar().Add("noise", content: noise).ToArray()]);
        await _room.PushAsync($"docker://{proxy.Address}/team/base:1", image);
        long first = proxy.Sent;
        Assert.True(first > noise.Length, $"{first} bytes were sent");

        await _room.PushAsync($"docker://{proxy.Address}/team/base:2", image);
        Assert.InRange(proxy.Sent - first, 1, 32_000);

        // Into another repository, the registry takes the layer from the first.
        long before = proxy.Sent;
        using RegistrySession session = _room.Registries.Open();
        RegistryPush push = new(session, RegistryName.Parse($"{proxy.Address}/other/base"));
        await push.BlobsAsync([new PushedBlob(image.Manifests[0].Layers[0].Descriptor, image.Manifests[0].Layers[0].OpenAsync)], TestContext.Current.CancellationToken, "team/base");
        Assert.InRange(proxy.Sent - before, 1, 32_000);
        Assert.Equal((0, 1, 0L), (push.Copied, push.Present, push.Bytes));
        Assert.True(await push.Client.HasBlobAsync(image.Manifests[0].Layers[0].Descriptor, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ATagThatLeadsElsewhereIsNotMovedUnlessItMay()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage one = TestImage.Of("base", [TestImage.Tar("one")]), two = TestImage.Of("base", [TestImage.Tar("two")]);
        string where = $"docker://{registry.Address}/base";
        await _room.PushAsync(where, one, "1.0", "latest");
        await _room.PushAsync(where, one, "1.0");
        TagImmutableException refused = await Assert.ThrowsAsync<TagImmutableException>(() => _room.PushAsync(where, two, "latest", "1.0"));
        Assert.Equal(one.Root.Digest, refused.Present);
        Assert.Equal(one.Root.Digest, (await _room.PullAsync($"{where}:latest")).Root.Digest);

        await _room.PushAsync(where, two, "latest");
        Assert.Equal(two.Root.Digest, (await _room.PullAsync($"{where}:latest")).Root.Digest);
        _room.Access = new RegistryAccess { MovableTags = ["1.*"] };
        await _room.PushAsync(where, two, "1.0");
        _room.Access = new RegistryAccess { Force = true };
        await _room.PushAsync(where, one, "1.0");
        _room.Access = RegistryAccess.Default;
        _room.Configure("""{"Registries":{"*":{"MovableTags":["1.0"]}}}""");
        await _room.PushAsync(where, two, "1.0");
        Assert.Equal(two.Root.Digest, (await _room.PullAsync($"{where}:1.0")).Root.Digest);
    }

    [Fact]
    public async Task AMirrorIsReadFirstAndTheRegistryItselfForWhatItLacks()
    {
        await using TestRegistry mirror = await TestRegistry.StartAsync();
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage both = TestImage.Of("base", [TestImage.Tar("both")]), one = TestImage.Of("base", [TestImage.Tar("one")]);
        await _room.PushAsync($"docker://{mirror.Address}/hub/base:both", both);
        await _room.PushAsync($"docker://{registry.Address}/base:one", one);
        _room.Configure($$$"""{"Registries":{"{{{registry.Address}}}":{"Mirrors":["http://127.0.0.1:1/gone","http://{{{mirror.Address}}}/hub"]} } }""");
        Assert.Equal(both.Root.Digest, (await _room.PullAsync($"docker://{registry.Address}/base:both")).Root.Digest);
        Assert.Equal(one.Root.Digest, (await _room.PullAsync($"docker://{registry.Address}/base:one")).Root.Digest);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.PullAsync($"docker://{registry.Address}/base:none"));
    }

    [Fact]
    public async Task TagsAndRepositoriesAreListedPageByPage()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        string[] tags = [.. Enumerable.Range(0, 40).Select(i => $"t{i:000}")];
        await _room.PushAsync($"docker://{registry.Address}/base", image, tags);
        string[] names = [.. Enumerable.Range(0, 5).Select(i => $"team/n{i}")];
        foreach (string name in names)
        {
            await _room.PushAsync($"docker://{registry.Address}/{name}:1", image);
        }

        using RegistrySession session = _room.Registries.Open();
        RegistryClient client = session.Client(RegistryName.Parse($"{registry.Address}/base"));
        Assert.Equal(tags, (await ToListAsync(client.ListTagsAsync(TestContext.Current.CancellationToken))).Order(StringComparer.Ordinal));
        Assert.Equal(["base", .. names], await ToListAsync(RegistryClient.ListRepositoriesAsync(client.Connection, TestContext.Current.CancellationToken)));
        await Assert.ThrowsAsync<RegistryNotFoundException>(() => ToListAsync(session.Client(RegistryName.Parse($"{registry.Address}/none")).ListTagsAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task SkopeoReadsWhatIsPushedAndWhatItPushesIsRead()
    {
        string skopeo = Tools.Require("skopeo");
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")]);
        await _room.PushAsync($"docker://{registry.Address}/base:1", image);
        await Tools.RunAsync(skopeo, ["copy", "--src-tls-verify=false", "--insecure-policy", $"docker://{registry.Address}/base:1", $"oci:{_room.Folder.Combine("layout")}:1"]);
        await using (IImageSource layout = await ImageSources.OpenAsync(ImageReference.Layout(_room.Folder.Combine("layout")), _room.Paths, null, TestContext.Current.CancellationToken))
        {
            Assert.Equal(image.Root.Digest, (await layout.ReadAsync(TestContext.Current.CancellationToken))[0].Root.Digest);
        }

        await Tools.RunAsync(skopeo, ["copy", "--dest-tls-verify=false", "--insecure-policy", "--format", "v2s2", $"oci:{_room.Folder.Combine("layout")}:1", $"docker://{registry.Address}/docker:1"]);
        SourceImage docker = await _room.PullAsync($"docker://{registry.Address}/docker:1");
        Assert.Equal(MediaTypes.DockerManifest, docker.Root.MediaType);
        Assert.Equal(image.Manifests[0].Layers.Select(l => l.DiffId), docker.Manifests[0].Layers.Select(l => l.DiffId));
    }

    [Fact]
    public async Task ALayerThatTheRegistryDamagedIsNamed()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        BuiltImage image = TestImage.Of("base", [TestImage.Tar()]);
        await _room.PushAsync($"docker://{registry.Address}/base:1", image);
        Digest layer = image.Manifests[0].Layers[0].Descriptor.Digest;
        byte[] bytes = Disk.Read(registry.BlobPath(layer.Hex));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(registry.BlobPath(layer.Hex), bytes, TestContext.Current.CancellationToken);
        ImageBlobCorruptException error = await Assert.ThrowsAsync<ImageBlobCorruptException>(() => _room.PullAsync($"docker://{registry.Address}/base:1"));
        Assert.Contains(layer.Hex, error.Message, StringComparison.Ordinal);
    }

    internal static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        List<T> list = [];
        await foreach (T item in items)
        {
            list.Add(item);
        }

        return list;
    }
}
