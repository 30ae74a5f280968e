using BaseImage.Engine.Building;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building;

/// <summary>A package that its mirror serves with one bit changed never becomes part of an image.</summary>
public sealed class FlippedPackageTests
{
    [Fact]
    public async Task A_thousand_flips_of_a_package_are_each_an_error_that_names_it_and_leave_nothing()
    {
        using BuildBench bench = new();
        TestDeb deb = new TestDeb("flipped").File("opt/a", new string('a', 3000)).File("etc/b", "b");
        byte[] sound = deb.ToArray();
        LockedPackage package = bench.Packages.Add(deb, sound);
        ImageLock imageLock = TestLocks.LockOf((Platform.LinuxAmd64, [package]));
        string file = bench.Folder.Combine("mirror/debian/" + package.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        Directory.CreateDirectory(bench.Folder.Combine("mirror/debian/dists"));

        await File.WriteAllBytesAsync(file, sound, TestContext.Current.CancellationToken);
        Digest expected = await BuildAsync(bench, imageLock);
        bench.ClearCache();
        _ = bench.Cache;
        string[] before = Settled(bench);

        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}.");
        Random random = new(seed);
        for (int round = 0; round < 1000; round++)
        {
            byte[] bytes = [.. sound];
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => BuildAsync(bench, imageLock));
            Assert.Contains("flipped", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, Settled(bench));
        }

        await File.WriteAllBytesAsync(file, sound, TestContext.Current.CancellationToken);
        Assert.Equal(expected, await BuildAsync(bench, imageLock));
    }

    private static async Task<Digest> BuildAsync(BuildBench bench, ImageLock imageLock)
    {
        BuildRequest request = new()
        {
            Definition = BuildBench.Definition,
            Lock = imageLock,
            Access = new ArchiveAccess { Offline = true, Mirrors = [new("", bench.Folder.Combine("mirror"))] },
        };
        using MirroredPackages packages = new(request, null, bench.Cache, SilentReporter.Instance);
        using NativeBuild build = new(request, bench.Cache, packages, SilentReporter.Instance);
        return (await build.RunAsync(TestContext.Current.CancellationToken)).Root.Digest;
    }

    // The cache's lock is a file that stays.
    private static string[] Settled(BuildBench bench) => [.. bench.Folder.List().Where(path => !path.EndsWith("/lock", StringComparison.Ordinal))];
}
