using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Images;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>Images loaded into real engines.</summary>
public sealed class LoadTests
{
    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task WhatIsLoadedHasTheIdOfWhatWasBuiltAndAllItsNames(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        foreach ((Codec codec, string type) in new[] { (Codec.Gzip, MediaTypes.OciLayerGzip), (Codec.Zstd, MediaTypes.OciLayerZstd) })
        {
            BuiltImage image = TestImage.Of("loaded", [TestImage.Tar($"{name} {type}"), TestImage.Tar("second")], codec, type);
            string id = image.Manifests[0].Config.Digest.ToString();
            try
            {
                ImageReference written = await room.WriteAsync("docker-daemon:", image, "one", "two");
                Assert.Equal($"docker-daemon:loaded@{id}", written.ToString());
                ContainerImage read = Assert.Single(await room.ReadAsync(written.ToString()));
                Assert.Equal(["loaded:one", "loaded:two"], read.Tags);
                Assert.Equal(image.Manifests[0].Layers.Select(layer => layer.DiffId), read.Layers.Select(layer => layer.DiffId));
                Assert.Contains("/etc/motd", string.Join('\n', await room.FilesAsync(written.ToString())), StringComparison.Ordinal);

                // Once more, under another name: the engine has it and is sent nothing.
                long before = (await room.MeetAsync()).Traffic.Requests;
                await room.WriteAsync("docker-daemon:renamed:it", image);
                Assert.Equal(id, Assert.Single(await room.ReadAsync("renamed:it")).ImageId.ToString());
                Assert.InRange((await room.MeetAsync()).Traffic.Requests - before, 1, 8);
                Assert.Empty(room.Temporary);
            }
            finally
            {
                await engine.RemoveImageAsync(id);
            }
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task OfAnIndexTheEnginesOwnPlatformIsLoaded(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        Platform own = (await room.MeetAsync()).Info.Platform;
        Platform foreign = own.Architecture == "s390x" ? new("linux", "ppc64le") : new("linux", "s390x");
        BuiltImage image = TestImage.Of("index", [TestImage.Tar("index " + name)], foreign, own);
        string id = image.Manifests[1].Config.Digest.ToString();
        try
        {
            await room.WriteAsync("docker-daemon:index:both", image);
            ContainerImage read = Assert.Single(await room.ReadAsync("index:both"));
            Assert.Equal(id, read.ImageId.ToString());
            Assert.Equal(own.Architecture, Assert.Single(read.Platforms).Architecture);

            BuiltImage strange = TestImage.Of("index", [TestImage.Tar("x")], foreign, new Platform("linux", "mips64le"));
            EnginePlatformException none = await Assert.ThrowsAsync<EnginePlatformException>(() => room.WriteAsync("docker-daemon:index:none", strange));
            Assert.Contains(foreign.ToString(), none.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ImageNotFoundException>(() => room.ReadAsync("index:none"));

            BuiltImage windows = TestImage.Of("index", [TestImage.Tar("x")], new Platform("windows", "amd64"));
            await Assert.ThrowsAsync<EnginePlatformException>(() => room.WriteAsync("docker-daemon:index:none", windows));
        }
        finally
        {
            await engine.RemoveImageAsync(id);
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ALayerThatIsNotWhatItPromisesLeavesNothingInTheEngine(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        BuiltImage good = TestImage.Of("broken", [TestImage.Tar("broken " + name)]);
        BuiltManifest manifest = good.Manifests[0];
        BuiltLayer layer = manifest.Layers[0] with { OpenAsync = _ => ValueTask.FromResult<Stream>(new MemoryStream(new byte[manifest.Layers[0].Descriptor.Size])) };
        BuiltImage broken = good with { Manifests = [manifest with { Layers = [layer] }] };
        await Assert.ThrowsAnyAsync<BaseImageException>(() => room.WriteAsync("docker-daemon:broken:x", broken));
        Assert.DoesNotContain(manifest.Config.Digest.ToString(), await engine.ImageIdsAsync());
        await Assert.ThrowsAsync<ImageNotFoundException>(() => room.ReadAsync("broken:x"));
        Assert.Empty(room.Temporary);
    }
}
