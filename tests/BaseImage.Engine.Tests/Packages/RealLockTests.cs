using BaseImage.Engine.Definitions;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Ports;
using Xunit;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>Locks against the archive that this machine's apt is configured with.</summary>
public sealed class RealLockTests(ITestOutputHelper output)
{
    [Fact]
    public async Task ClosuresOfBookwormAreThoseOfApt()
    {
        RealArchive.Require();
        using TempFolder folder = new();
        LockPlan plan = await RealArchive.LockAsync(RealArchive.Definition(folder.Combine("a.image.json"), "ca-certificates", "tzdata"));
        ImageLock imageLock = plan.Lock;
        output.WriteLine($"{string.Join(' ', imageLock.Platforms[0].Packages)}");
        Assert.Equal(["linux/amd64", "linux/arm64"], imageLock.Platforms.Select(p => p.Platform.ToString()));
        foreach (LockedPlatform platform in imageLock.Platforms)
        {
            Assert.Equal(8, platform.Packages.Count);
            Assert.Equal(["ca-certificates", "tzdata"], platform.Packages.Where(p => p.Requested).Select(p => p.Name));
            Assert.All(platform.Packages, p => Assert.True(p.Requested || p.NeededBy.Count > 0));
        }

        Assert.Equal(["debian bookworm", "debian bookworm-updates", "debian-security bookworm-security"], imageLock.Indexes.Select(i => $"{i.Archive} {i.Suite}"));
        Assert.All(imageLock.Indexes, i => Assert.NotEmpty(i.Signer));
        Assert.Equal(imageLock.Indexes.Max(i => i.Date), imageLock.Epoch);
    }

    [Fact]
    public async Task ALockIsWrittenReadTestedAndSavedAndTheFolderWorksOffline()
    {
        RealArchive.Require();
        using TempFolder folder = new("a b ü");
        ImageDefinition definition = RealArchive.Definition(folder.Combine("a.image.json"), "libc6");
        LockPlan plan = await RealArchive.LockAsync(definition);
        Assert.All(plan.Changes, c => Assert.True(c.Kind is LockChangeKind.Added or LockChangeKind.NewDependency));
        ImageLock written = await new LockWriter().WriteAsync(plan, definition.LockPath, CancellationToken.None);
        ImageLock read = await new LockReader().ReadAsync(written.Path, CancellationToken.None);
        Assert.Equal(LockFormat.Write(written), LockFormat.Write(read));
        Assert.Equal(3, read.Platforms[0].Packages.Count);

        LockPlan again = await RealArchive.LockAsync(definition);
        Assert.Empty(again.Changes);
        Assert.Equal(read.Epoch, again.Lock.Epoch);

        LockTester tester = new(null, BaseImagePaths.FromEnvironment);
        LockResult result = await tester.TestAsync(read, definition, new ArchiveAccess(), SilentReporter.Instance, CancellationToken.None);
        Assert.All(result.Checks, c => Assert.True(c.Status == AuditStatus.Pass, $"{c}: {c.Message}"));
        Assert.True(result.IsValid);

        string saved = folder.Combine("saved");
        List<string> files = [];
        await foreach (string file in new PackageSaver(null, BaseImagePaths.FromEnvironment).SaveAsync(read, saved, new ArchiveAccess(), SilentReporter.Instance, CancellationToken.None))
        {
            files.Add(file);
        }

        Assert.Equal(files.Count, Directory.EnumerateFiles(saved, "*", SearchOption.AllDirectories).Count());
        BaseImagePaths empty = new(folder.Combine("cache"), folder.Combine("store"), []);
        ArchiveAccess offline = new() { Mirrors = [new("", saved)], Offline = true, AsOf = read.SnapshotTime };
        LockPlan fromFolder = await new LockResolver(null, () => empty, NoBases.Instance).ResolveAsync(definition, offline, null, SilentReporter.Instance, CancellationToken.None);
        Assert.Empty(fromFolder.Changes);
        Assert.Equal(
            read.Platforms.SelectMany(p => p.Packages).Select(p => p.Sha256),
            fromFolder.Lock.Platforms.SelectMany(p => p.Packages).Select(p => p.Sha256));
        LockResult offlineResult = await new LockTester(null, () => empty).TestAsync(read, definition, offline, SilentReporter.Instance, CancellationToken.None);
        Assert.True(offlineResult.IsValid, string.Join("; ", offlineResult.Checks.Select(c => $"{c} {c.Message}")));
    }
}
