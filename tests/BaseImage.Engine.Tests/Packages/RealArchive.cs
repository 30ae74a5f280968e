using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>The Debian 12 archive behind this machine's apt.</summary>
internal static class RealArchive
{
    public static void Require()
    {
        string folder = "/etc/apt";
        Tools.Require(
            Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Any(f => (f.EndsWith(".list", StringComparison.Ordinal) || f.EndsWith(".sources", StringComparison.Ordinal)) && File.ReadAllText(f).Contains("bookworm-security", StringComparison.Ordinal)),
            "apt is not configured with Debian 12");
    }

    public static ImageDefinition Definition(string path, params string[] packages) => new()
    {
        Path = path,
        Name = "test",
        From = new DistributionSource("debian", "bookworm"),
        Platforms = [Platform.LinuxAmd64, Platform.LinuxArm64],
        Packages = [.. packages.Order(StringComparer.Ordinal).Select(p => new PackageRequest(p, "wanted", null, []))],
        Archives =
        [
            new ArchiveSource { Id = "debian", Suites = ["bookworm", "bookworm-updates"], Keyring = "debian-bookworm" },
            new ArchiveSource { Id = "debian-security", Suites = ["bookworm-security"], Keyring = "debian-bookworm" },
        ],
        ModelDigest = Digest.Of("model"u8),
    };

    public static Task<LockPlan> LockAsync(ImageDefinition definition)
        => new LockResolver(null, BaseImagePaths.FromEnvironment, NoBases.Instance).ResolveAsync(definition, new ArchiveAccess(), null, SilentReporter.Instance, CancellationToken.None);
}
