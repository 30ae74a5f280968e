using System.Collections.Concurrent;
using BaseImage.Engine.Building;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building;

/// <summary>What the templates ask for, from the machine's own archive, for two architectures.</summary>
public sealed class TemplateBuildTests
{
    [Theory]
    [InlineData("static", "ca-certificates tzdata")]
    [InlineData("base", "ca-certificates libc-bin libc6 libssl3 tzdata")]
    public async Task Is_locked_built_and_built_again_from_a_saved_folder_to_one_digest(string template, string packages)
    {
        RealArchive.Require();
        using TempFolder folder = new("template");
        CancellationToken token = TestContext.Current.CancellationToken;
        ImageDefinition definition = RealArchive.Definition(folder.Combine(template + ".image.json"), packages.Split(' ')) with
        {
            Name = "debian-" + template,
            Without = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["debconf"] = "maintainer scripts are not run", ["openssl"] = "only used by update-ca-certificates" },
            Accounts = [new AccountRequest("nonroot", 65532, 65532, "/home/nonroot")],
            Config = new ImageConfig { User = "65532:65532", Env = ["LANG=C.UTF-8", "TZ=UTC"], WorkingDir = "/" },
        };
        LockPlan plan = await RealArchive.LockAsync(definition);
        ImageLock imageLock = await new LockWriter().WriteAsync(plan, definition.LockPath, token);
        Reporter reporter = new();
        ContainerImage image = await BuildAsync(definition, imageLock, new ArchiveAccess(), folder, "first", reporter, token);
        Assert.Empty(reporter.Warnings);
        Assert.Equal(["linux/amd64", "linux/arm64"], image.Platforms.Select(p => p.ToString()));
        Assert.Equal(MediaTypes.OciIndex, image.MediaType);
        Assert.Equal($"oci:{folder.Combine("first-out")}@{image.Digest}", image.Reference);
        Assert.Equal(imageLock.Epoch, image.Created);

        string saved = folder.Combine("saved");
        await foreach (string file in new PackageSaver(null, BaseImagePaths.FromEnvironment).SaveAsync(imageLock, saved, new ArchiveAccess(), SilentReporter.Instance, token))
        {
            Assert.True(File.Exists(file));
        }

        ArchiveAccess offline = new() { Mirrors = [new("", saved)], Offline = true };
        ContainerImage again = await BuildAsync(definition, await new LockReader().ReadAsync(imageLock.Path, token), offline, folder, "second", reporter, token);
        Assert.Equal(image.Digest, again.Digest);
        if (Environment.UserName == "root" && Tools.Find("umoci") is { } umoci)
        {
            await RunAsync(umoci, folder, definition, imageLock, offline, template, token);
        }
    }

    // The loader resolves every library of the image inside the image, without a linker cache.
    private static async Task RunAsync(string umoci, TempFolder folder, ImageDefinition definition, ImageLock imageLock, ArchiveAccess offline, string template, CancellationToken token)
    {
        using ContentCache cache = ContentCache.Open(folder.Combine("second"));
        BuildRequest request = new() { Definition = definition, Lock = imageLock, Access = offline, Destinations = ["oci:" + folder.Combine("amd64") + ":it"], Platforms = [Platform.LinuxAmd64] };
        await new ImageBuilder(() => cache, (r, c, reporter) => new MirroredPackages(r, null, c, reporter), ImageDestinations.Parse, NoBases.OpenAsync, NoBases.Trust).BuildAsync(request, SilentReporter.Instance, token);
        await Tools.RunAsync(umoci, ["unpack", "--image", folder.Combine("amd64") + ":it", folder.Combine("bundle")]);
        string root = folder.Combine("bundle", "rootfs");
        Assert.False(File.Exists(Path.Combine(root, "usr/bin/openssl")));
        Assert.True((await File.ReadAllTextAsync(Path.Combine(root, "etc/ssl/certs/ca-certificates.crt"), token)).Split("BEGIN CERTIFICATE").Length > 100);
        Assert.Equal("/usr/share/zoneinfo/Etc/UTC", new FileInfo(Path.Combine(root, "etc/localtime")).LinkTarget);
        if (template == "base")
        {
            string loaded = await Tools.RunAsync(Tools.Require("chroot"), [root, "/lib64/ld-linux-x86-64.so.2", "--list", "/usr/lib/x86_64-linux-gnu/libssl.so.3"]);
            Assert.Contains("libcrypto.so.3 => ", loaded, StringComparison.Ordinal);
            Assert.DoesNotContain("not found", loaded, StringComparison.Ordinal);
            Assert.Equal("nonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin\n", await Tools.RunAsync("chroot", [root, "/usr/bin/getent", "passwd", "nonroot"]));
        }
    }

    private static async Task<ContainerImage> BuildAsync(ImageDefinition definition, ImageLock imageLock, ArchiveAccess access, TempFolder folder, string name, IReporter reporter, CancellationToken token)
    {
        using ContentCache cache = ContentCache.Open(folder.Combine(name));
        BuildRequest request = new() { Definition = definition, Lock = imageLock, Access = access, Destinations = ["oci:" + folder.Combine(name + "-out")] };
        return await new ImageBuilder(() => cache, (r, c, p) => new MirroredPackages(r, null, c, p), ImageDestinations.Parse, NoBases.OpenAsync, NoBases.Trust).BuildAsync(request, reporter, token);
    }

    private sealed class Reporter : IReporter
    {
        public ConcurrentQueue<string> Warnings { get; } = new();

        public void Verbose(string message) => TestContext.Current.TestOutputHelper?.WriteLine(message);

        public void Warning(string message) => Warnings.Enqueue(message);

        public void Progress(ProgressUpdate update)
        {
        }
    }
}
