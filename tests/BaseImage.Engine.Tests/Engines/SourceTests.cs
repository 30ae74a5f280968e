using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>Images of real engines: listed without their layers, read from one export of many, checked by their ids.</summary>
public sealed class SourceTests
{
    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task AnImageIsOneRowWithAllItsTagsAndAPinnedReference(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        TestEngineImage named = TestEngineImage.Of([TestEngineImage.Tar("etc/row", name)], """{"User":"1:1"}""", "row:b", "row:a", "other/row:c");
        TestEngineImage dangling = TestEngineImage.Of([TestEngineImage.Tar("etc/row", "dangling")]);
        try
        {
            await engine.LoadAsync(TestEngineImage.ArchiveOf(named, dangling));
            IReadOnlyList<ContainerImage> all = await room.ReadAsync("docker-daemon:");
            ContainerImage row = Assert.Single(all, image => image.ImageId.ToString() == named.Id);
            // Podman keeps names without a registry under localhost.
            string local = name == "podman" ? "localhost/" : "";
            Assert.Equal([$"{local}other/row:c", $"{local}row:a", $"{local}row:b"], row.Tags);
            Assert.Equal(new Platform("linux", "amd64"), Assert.Single(row.Platforms));
            Assert.Equal("1:1", row.Config.User);
            Assert.Single(row.Layers);
            ContainerImage nameless = Assert.Single(all, image => image.ImageId.ToString() == dangling.Id);
            Assert.Empty(nameless.Tags);
            Assert.Equal($"docker-daemon:{dangling.Id}", nameless.Reference);
            Assert.Equal(0, (await room.MeetAsync()).Traffic.Exports);

            foreach (string reference in new[] { "row:a", "docker-daemon:other/row:c", $"docker-daemon:{named.Id}", $"docker-daemon:row@{named.Id}", row.Reference, nameless.Reference })
            {
                ContainerImage read = Assert.Single(await room.ReadAsync(reference));
                Assert.Equal(reference == nameless.Reference ? dangling.Id : named.Id, read.ImageId.ToString());
                Assert.Equal(read.ImageId, Assert.Single(await room.ReadAsync(read.Reference)).ImageId);
            }

            Assert.Equal(local + "row", Assert.Single(await room.ReadAsync($"{local}row:a")).Name);
            ImageNotFoundException missing = await Assert.ThrowsAsync<ImageNotFoundException>(() => room.ReadAsync("row:z"));
            Assert.Contains("other/row:c", missing.RecommendedAction, StringComparison.Ordinal);
            await Assert.ThrowsAsync<ImageNotFoundException>(() => room.ReadAsync("docker-daemon:row@sha256:" + new string('a', 64)));
        }
        finally
        {
            await engine.RemoveImageAsync(named.Id);
            await engine.RemoveImageAsync(dangling.Id);
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ManyImagesComeInOneExportThatSendsSharedLayersOnce(string name)
    {
        const int Count = 10;
        const int SharedBytes = 2_000_000;
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        byte[] shared = TestEngineImage.Tar("big", new string('x', SharedBytes));
        TestEngineImage[] images = [.. Enumerable.Range(0, Count).Select(i => TestEngineImage.Of([shared, TestEngineImage.Tar("own", $"{i}")], "{}", $"many:{i}"))];
        try
        {
            await engine.LoadAsync(TestEngineImage.ArchiveOf(images));
            EngineTraffic traffic = (await room.MeetAsync()).Traffic;
            string[] references = [.. images.Select((_, i) => $"many:{i}")];
            using (room.Engine.Gather(references))
            {
                foreach (string reference in references)
                {
                    Assert.Equal(["/big", "/own"], (await room.FilesAsync(reference)).Select(line => line.Split(' ')[0]));
                }

                Assert.Single(room.Temporary);
            }

            Assert.Empty(room.Temporary);
            Assert.Equal(1, traffic.Exports);
            Assert.InRange(traffic.BytesReceived, SharedBytes, SharedBytes + 500_000);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {Count} images that share {SharedBytes} bytes: {traffic.Exports} export, {traffic.Requests} requests, {traffic.BytesReceived} bytes");

            // Without the announcement each is asked for alone.
            await room.FilesAsync(references[0]);
            await room.FilesAsync(references[1]);
            Assert.Equal(3, traffic.Exports);
            Assert.Empty(room.Temporary);
        }
        finally
        {
            foreach (TestEngineImage image in images)
            {
                await engine.RemoveImageAsync(image.Id);
            }
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task AnImageThatWentAwayDoesNotTakeItsBatchWithIt(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        TestEngineImage[] images = [.. Enumerable.Range(0, 3).Select(i => TestEngineImage.Of([TestEngineImage.Tar("own", $"gone {i}")], "{}", $"gone:{i}"))];
        try
        {
            await engine.LoadAsync(TestEngineImage.ArchiveOf(images));
            using IDisposable batch = room.Engine.Gather([.. images.Select((_, i) => $"gone:{i}")]);
            await room.ReadAsync("gone:1");
            await room.ReadAsync("gone:2");
            await engine.RemoveImageAsync(images[1].Id);
            Assert.Single(await room.FilesAsync("gone:0"));
            await Assert.ThrowsAnyAsync<BaseImageException>(() => room.FilesAsync("gone:1"));
            Assert.Single(await room.FilesAsync("gone:2"));
        }
        finally
        {
            foreach (TestEngineImage image in images)
            {
                await engine.RemoveImageAsync(image.Id);
            }
        }
    }
}
