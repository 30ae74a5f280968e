using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building.Bases;

/// <summary>Locks of definitions that build on an image: what it has is not locked again, and nothing is taken beside it that it does not allow.</summary>
public sealed class BaseLockTests : IDisposable
{
    private readonly BaseBench _bench = new();
    private readonly PlainArchive _archive = new();

    public void Dispose()
    {
        _bench.Dispose();
        _archive.Dispose();
    }

    [Fact]
    public async Task What_the_base_has_is_not_locked_again()
    {
        ImageDefinition definition = await OnBaseAsync(PlainArchive.Want("app"), PlainArchive.Want("libfoo1"));
        _archive.Has("own", "app", "1", "Depends: libfoo1 (>= 1), mail-agent").Has("own", "libfoo1", "3").Publish();
        ImageLock locked = await _archive.LockAsync(definition);
        Assert.Equal(["app"], locked.Platforms[0].Packages.Select(package => package.Name));
        Assert.Equal(_bench.Base!.Manifests[0].Manifest.Digest, locked.Platforms[0].BaseManifest);
        Assert.Equal(locked.Platforms[0].BaseManifest, (await new LockReader().ReadAsync(locked.Path, TestContext.Current.CancellationToken)).Platforms[0].BaseManifest);
        Assert.True(locked.Epoch >= BuildBench.Epoch);
    }

    [Theory]
    [InlineData("Depends: libfoo1 (>= 2)", "libfoo1 1 (of the base image) is already chosen")]
    [InlineData("Conflicts: libfoo1", "cannot be in one image with libfoo1 1 (of the base image)")]
    public async Task What_the_base_does_not_allow_is_told(string field, string told)
    {
        ImageDefinition definition = await OnBaseAsync(PlainArchive.Want("app"));
        _archive.Has("own", "app", "1", field).Has("own", "libfoo1", "3").Publish();
        DependencyUnsatisfiedException failure = await Assert.ThrowsAsync<DependencyUnsatisfiedException>(() => _archive.LockAsync(definition));
        Assert.Contains(told, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_archives_the_epoch_is_the_bases()
    {
        ImageDefinition definition = await OnBaseAsync() with { Archives = [] };
        ImageLock locked = await _archive.LockAsync(definition);
        Assert.Empty(locked.Indexes);
        Assert.Equal(BuildBench.Epoch, locked.Epoch);
    }

    private async Task<ImageDefinition> OnBaseAsync(params PackageRequest[] packages)
    {
        ImageReference below = await _bench.MakeBaseAsync(null, new TestDeb("libfoo1", "1").Field("Provides: mail-agent").Field("Depends: not-in-the-base").File("lib/libfoo.so.1", "foo"));
        _archive.Bases = new KnownBases((reference, token) => ImageSources.OpenAsync(reference, _bench.Room.Paths, null, token));
        return _archive.Definition(packages) with { BaseImage = below };
    }
}
