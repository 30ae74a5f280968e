using BaseImage.Engine.Definitions;
using BaseImage.Engine.Packages;
using BaseImage.Errors;
using BaseImage.Ports;
using Xunit;
using static BaseImage.Engine.Tests.Packages.PlainArchive;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>What a new lock changes, why, and how a part of it is applied.</summary>
public sealed class LockUpdateTests
{
    [Fact]
    public async Task EachKindOfChangeIsTold()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1", "Depends: lib").Has("own", "lib", "1").Has("own", "old", "1").Has("own", "same", "1").Has("own", "back", "2").Has("own", "ssl", "1").Publish();
        ImageDefinition definition = archive.Definition(Want("app"), Want("back"), Want("old"), Want("same"), Want("ssl"));
        ImageLock first = await archive.LockAsync(definition);
        Assert.Equal("app, back, lib, old, same, ssl", string.Join(", ", first.Platforms[0].Packages.Select(p => p.Name)));

        archive.Clear().Has("own", "app", "2", "Depends: lib, more").Has("own", "lib", "1").Has("own", "more", "1").Has("own", "same", "1", "", "rebuilt")
            .Has("own", "back", "1").Has("own", "ssl", "1").Has("own-security", "ssl", "1.1").Has("own", "extra", "1").Publish();
        LockPlan plan = await archive.ResolveAsync(archive.Definition(Want("app"), Want("back"), Want("extra"), Want("same"), Want("ssl")));
        Assert.Equal(
            ["app Update 1 2", "back Downgrade 2 1", "extra Added - 1", "more NewDependency - 1", "old Removed 1 -", "same Rebuilt 1 1", "ssl Security 1 1.1"],
            plan.Changes.Select(c => $"{c.Package} {c.Kind} {c.OldVersion?.ToString() ?? "-"} {c.NewVersion?.ToString() ?? "-"}"));
        Assert.Equal("needed by app", plan.Changes.Single(c => c.Package == "more").Reason);
        Assert.True(plan.Lock.Epoch > first.Epoch);
    }

    [Fact]
    public async Task TheEpochStaysWhenNoPackageChanges()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1").Publish();
        ImageDefinition definition = archive.Definition(Want("app"));
        ImageLock first = await archive.LockAsync(definition);
        archive.Has("own", "other", "1").Publish();
        LockPlan plan = await archive.ResolveAsync(definition);
        Assert.Empty(plan.Changes);
        Assert.Equal(first.Epoch, plan.Lock.Epoch);
        Assert.True(plan.Lock.Indexes[0].Date > first.Indexes[0].Date);
    }

    [Fact]
    public async Task AnOlderIndexIsRefused()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1").Publish(9);
        ImageDefinition definition = archive.Definition(Want("app"));
        await archive.LockAsync(definition);
        archive.Publish(8);
        await Assert.ThrowsAsync<ReleaseDateWentBackException>(() => archive.ResolveAsync(definition));
    }

    [Fact]
    public async Task OnlyTheChangesThatWereAskedForAreApplied()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1", "Depends: lib").Has("own", "lib", "1").Has("own", "ssl", "1", "Provides: tls").Has("own", "web", "1", "Depends: tls").Publish();
        ImageDefinition definition = archive.Definition(Want("app"), Want("web"));
        ImageLock first = await archive.LockAsync(definition);

        // The archive keeps only the newest of each, as Debian's does.
        archive.Clear().Has("own", "app", "2", "Depends: lib (>= 2), helper").Has("own", "lib", "2").Has("own", "helper", "1").Has("own", "web", "2", "Depends: tls").Has("own-security", "ssl", "1.1", "Provides: tls").Publish();
        LockPlan all = await archive.ResolveAsync(definition);
        Assert.Equal(5, all.Changes.Count);

        LockPlan security = await archive.ResolveAsync(definition, [.. all.Changes.Where(c => c.Kind == LockChangeKind.Security)]);
        Assert.Equal(["ssl"], security.Changes.Select(c => c.Package));
        Assert.Equal("app=1 lib=1 ssl=1.1 web=1", Shown(security.Lock));

        LockPlan app = await archive.ResolveAsync(definition, [.. all.Changes.Where(c => c.Package == "app")]);
        Assert.Equal("app=2 helper=1 lib=2 ssl=1 web=1", Shown(app.Lock));

        ImageLock written = await new LockWriter().WriteAsync(security, definition.LockPath, CancellationToken.None);
        Assert.Contains(written.Indexes, i => i.Sha256 == first.Indexes[0].Sha256);
        LockResult result = await new LockTester(null, () => archive.Paths).TestAsync(written, definition, archive.Access, SilentReporter.Instance, CancellationToken.None);
        Assert.Equal(["Definition: Pass", "Signature: Skipped", "PackageIndex: Pass", "Archive: Pass"], result.Checks.Select(c => c.ToString()));
        Assert.False(result.IsValid, "nothing was signed, so nothing was proved");

        await Assert.ThrowsAsync<LockChangeStaleException>(() => archive.ResolveAsync(definition, [.. all.Changes.Where(c => c.Package == "ssl")]));
    }

    [Fact]
    public async Task ADamagedLockIsReplacedButNeverUpdatedInPart()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1").Publish();
        ImageDefinition definition = archive.Definition(Want("app"));
        await archive.LockAsync(definition);
        await File.WriteAllTextAsync(definition.LockPath, "{}");
        Assert.Single((await archive.ResolveAsync(definition)).Changes);
        await Assert.ThrowsAnyAsync<BaseImageException>(() => archive.ResolveAsync(definition, []));
    }

    [Fact]
    public async Task WritingReplacesOnlyWhatALockOwnsAndLeavesNothingBeside()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1").Publish();
        ImageDefinition definition = archive.Definition(Want("app"));
        ImageLock first = await archive.LockAsync(definition);
        string mine = Path.Combine(first.IndexFolder, "README");
        await File.WriteAllTextAsync(mine, "mine");
        await File.WriteAllTextAsync(Path.Combine(first.IndexFolder, "gone_stable_InRelease"), "left over");
        archive.Has("own", "app", "2").Publish();
        await archive.LockAsync(definition);
        Assert.Equal(["README", "own-security_stable-security_Release", "own_stable_Release"], Directory.EnumerateFiles(first.IndexFolder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["a.lock.json"], Directory.EnumerateFiles(Path.GetDirectoryName(definition.LockPath)!).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public async Task ATamperedSignedFileOrALostPackageFailsTheTest()
    {
        using PlainArchive archive = new();
        archive.Has("own", "app", "1").Publish();
        ImageDefinition definition = archive.Definition(Want("app"));
        ImageLock imageLock = await archive.LockAsync(definition);
        LockTester tester = new(null, () => archive.Paths);

        ImageLock lying = imageLock with { Platforms = [imageLock.Platforms[0] with { Packages = [imageLock.Platforms[0].Packages[0] with { Sha256 = Digest.Of("evil"u8) }] }] };
        LockResult result = await tester.TestAsync(lying, definition, archive.Access, SilentReporter.Instance, CancellationToken.None);
        Assert.Equal(AuditStatus.Fail, result.Checks.Single(c => c.Name == "PackageIndex").Status);
        Assert.Equal(AuditStatus.Fail, result.Checks.Single(c => c.Name == "Archive").Status);

        LockResult changed = await tester.TestAsync(imageLock, definition with { ModelDigest = Digest.Of("other"u8) }, null, SilentReporter.Instance, CancellationToken.None);
        Assert.Equal(["Definition: Fail", "Signature: Skipped", "PackageIndex: Pass", "Archive: Skipped"], changed.Checks.Select(c => c.ToString()));

        await File.AppendAllTextAsync(Directory.EnumerateFiles(imageLock.IndexFolder).First(), "\n");
        LockResult tampered = await tester.TestAsync(imageLock, definition, null, SilentReporter.Instance, CancellationToken.None);
        Assert.Equal(AuditStatus.Fail, tampered.Checks.Single(c => c.Name == "Signature").Status);
        await Assert.ThrowsAsync<LockFilesMissingException>(async () =>
        {
            await foreach (string _ in new PackageSaver(null, () => archive.Paths).SaveAsync(imageLock, Path.Combine(archive.Folder, "saved"), archive.Access, SilentReporter.Instance, CancellationToken.None))
            {
            }
        });
    }

    private static string Shown(ImageLock imageLock) => string.Join(" ", imageLock.Platforms[0].Packages.Select(p => $"{p.Name}={p.Version}"));
}
