using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building.Bases;

public sealed class BaseImageTests : IDisposable
{
    private static readonly TestDeb Foo = new TestDeb("libfoo1").Directory("lib/").File("lib/libfoo.so.1", "foo").File("etc/foo.conf", "base").File("usr/share/foo/one", "1").File("usr/share/foo/two", "2");
    private readonly BaseBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_bases_layers_stay_byte_for_byte_and_only_what_is_new_is_on_top()
    {
        ImageReference below = await _bench.MakeBaseAsync(null, Foo);
        (BuiltImage image, MergedFileSystem all, MergedFileSystem own) = await _bench.BuildAsync(
            below, BuildBench.Definition, new TestDeb("app").Directory("bin/").File("bin/app", "program").Directory("var/").Directory("var/run/").File("etc/foo.conf", "mine"));

        Assert.Equal(_bench.Base!.Manifests[0].Layers[0].Descriptor.Digest, image.Manifests[0].Layers[0].Descriptor.Digest);
        Assert.Equal(2, image.Manifests[0].Layers.Count);
        Assert.Equal("program", Text(all, "bin/app"));
        Assert.Equal("mine", Text(all, "etc/foo.conf"));
        Assert.Equal("foo", Text(all, "lib/libfoo.so.1"));

        // The base's link says where /bin is, and nothing that was there is said again.
        Assert.Equal(
            ["etc/foo.conf", "usr/bin/app", "var/lib/dpkg/status.d/app"],
            own.Files().Where(file => !file.IsDirectory && !file.Path.ToString().EndsWith(".md5sums", StringComparison.Ordinal)).Select(file => file.Path.ToString()).Order(StringComparer.Ordinal));
        Assert.All(own.Files().Where(file => file.IsDirectory), file => Assert.True(file.IsImplicit, file.ToString()));
        OciManifest manifest = OciReader.Manifest(image.Manifests[0].Manifest.Bytes, "manifest");
        Assert.Equal(below.Digest.ToString(), manifest.Annotations["org.opencontainers.image.base.digest"]);
        OciConfig config = OciReader.Config(image.Manifests[0].Config.Bytes, "config");
        Assert.Equal([false, false], config.History.Select(step => step.EmptyLayer));
        Assert.Empty(_bench.Bench.Warnings);
    }

    [Fact]
    public async Task Accounts_are_added_to_the_bases_own_tables()
    {
        ImageReference below = await _bench.MakeBaseAsync(BuildBench.Definition with { Accounts = [new AccountRequest("first", 1001, 1001, "/home/first")] }, Foo);
        (_, MergedFileSystem all, _) = await _bench.BuildAsync(below, BuildBench.Definition with { Accounts = [new AccountRequest("second", 1002, 1001, "/home/second")] });
        Assert.EndsWith("first:x:1001:1001:first:/home/first:/usr/sbin/nologin\nsecond:x:1002:1001:second:/home/second:/usr/sbin/nologin\n", Text(all, "etc/passwd"), StringComparison.Ordinal);
        Assert.EndsWith("first:x:1001:\n", Text(all, "etc/group"), StringComparison.Ordinal);
        Assert.EndsWith("first:*::0:99999:7:::\nsecond:*::0:99999:7:::\n", Text(all, "etc/shadow"), StringComparison.Ordinal);
        Assert.Equal(0x180, all.Resolve(LayerPath.FromUtf8("etc/shadow"))!.Entry.Mode);
        Assert.Equal(1002, all.Resolve(LayerPath.FromUtf8("home/second"))!.Entry.Uid);

        await Assert.ThrowsAsync<AccountConflictException>(() => _bench.BuildAsync(below, BuildBench.Definition with { Accounts = [new AccountRequest("other", 1001, 1001, "/home/other")] }));
    }

    [Fact]
    public async Task What_the_definition_removes_of_the_base_is_hidden_and_nothing_else()
    {
        ImageReference below = await _bench.MakeBaseAsync(null, Foo);
        (_, MergedFileSystem all, _) = await _bench.BuildAsync(below, BuildBench.Definition with { Remove = ["/usr/share/foo/one", "/usr/lib/libfoo.so.1"] });
        Assert.Null(all.Resolve(LayerPath.FromUtf8("usr/share/foo/one")));
        Assert.Null(all.Resolve(LayerPath.FromUtf8("lib/libfoo.so.1")));
        Assert.Equal("2", Text(all, "usr/share/foo/two"));

        (_, all, MergedFileSystem own) = await _bench.BuildAsync(below, BuildBench.Definition with { Remove = ["/usr/share/foo", "/usr/share/foo/**"] });
        Assert.Null(all.Resolve(LayerPath.FromUtf8("usr/share/foo")));
        Assert.DoesNotContain(own.Files(), file => !file.IsDirectory);
    }

    [Fact]
    public async Task Configuration_alone_makes_no_layer_and_comes_over_the_bases()
    {
        ImageReference below = await _bench.MakeBaseAsync(
            BuildBench.Definition with { Config = new ImageConfig { User = "1:1", Env = ["A=1", "B=2"], Entrypoint = ["/bin/a"], Cmd = ["x"], Labels = new Dictionary<string, string> { ["keep"] = "yes" }, ExposedPorts = ["80/tcp"] } }, Foo);
        (BuiltImage image, _, _) = await _bench.BuildAsync(below, BuildBench.Definition with { Config = new ImageConfig { Env = ["B=3", "C=4"], Entrypoint = ["/bin/b"], ExposedPorts = ["443/tcp"] } });
        Assert.Equal(_bench.Base!.Manifests[0].Layers.Select(l => l.DiffId), image.Manifests[0].Layers.Select(l => l.DiffId));
        OciConfig config = OciReader.Config(image.Manifests[0].Config.Bytes, "config");
        Assert.Equal("1:1", config.Config.User);
        Assert.Equal(["A=1", "B=3", "C=4"], config.Config.Env);
        Assert.Equal(["/bin/b"], config.Config.Entrypoint);
        Assert.Null(config.Config.Cmd);
        Assert.Equal(["443/tcp", "80/tcp"], config.Config.ExposedPorts);
        Assert.Equal("yes", config.Config.Labels["keep"]);
        Assert.Equal([false, true], config.History.Select(step => step.EmptyLayer));
    }

    [Fact]
    public async Task The_same_base_elsewhere_gives_the_same_digest()
    {
        ImageReference below = await _bench.MakeBaseAsync(null, Foo);
        TestDeb app = new TestDeb("app").File("bin/app", "program");
        (BuiltImage first, _, _) = await _bench.BuildAsync(below, BuildBench.Definition, app);
        Directory.Move(below.Path, _bench.Room.Folder.Combine("moved"));
        _bench.Bench.ClearCache();
        (BuiltImage second, _, _) = await _bench.BuildAsync(ImageReference.Layout(_bench.Room.Folder.Combine("moved"), "", below.Digest), BuildBench.Definition, app);
        Assert.Equal(first.Root.Digest, second.Root.Digest);
    }

    [Fact]
    public async Task A_link_over_a_directory_of_the_base_is_an_error()
    {
        ImageReference below = await _bench.MakeBaseAsync(null, Foo);
        PackageFilesConflictException failure = await Assert.ThrowsAsync<PackageFilesConflictException>(
            () => _bench.BuildAsync(below, BuildBench.Definition, new TestDeb("app").Link("usr/share/foo", "/opt"), new TestDeb("more").File("usr/share/foo/three", "3")));
        Assert.Contains("the base image", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_manifest_than_the_locked_one_is_refused()
    {
        ImageReference below = await _bench.MakeBaseAsync(null, Foo);
        ImageLock locked = _bench.Bench.Lock((Platform.LinuxAmd64, []));
        await using Engine.Building.Bases.OpenedBase opened = await Engine.Building.Bases.OpenedBase.OpenAsync(below, (reference, token) => ImageSources.OpenAsync(reference, _bench.Room.Paths, null, token), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<BaseManifestChangedException>(() => _bench.Bench.BuildAsync(
            locked with { Platforms = [locked.Platforms[0] with { BaseManifest = Digest.Of("x"u8) }] }, BuildBench.Definition with { BaseImage = below }, below: opened));
    }

    private static string Text(MergedFileSystem files, string path) => Encoding.UTF8.GetString(files.Resolve(LayerPath.FromUtf8(path))!.Content!.Value.Span);
}
