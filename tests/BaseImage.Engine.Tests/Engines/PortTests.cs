using BaseImage.Engine.Images.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>The port, held against real engines.</summary>
public sealed class PortTests
{
    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task TheEngineSaysWhatItIs(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineConnections connections = new(_ => null);
        IContainerEngine met = await connections.OpenAsync(new EngineAddress(engine.Host), TestContext.Current.CancellationToken);
        Assert.Equal(name == "podman", met.Info.IsPodman);
        Assert.Equal("linux", met.Info.Platform.Os);
        Assert.Equal((string)(await engine.GetAsync("/version"))!["Version"]!, met.Info.Version);
        Assert.InRange(met.Info.CgroupVersion, 0, 2);
        Assert.False(met.Info.HasContainerdStore);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task ImagesAreLoadedListedDescribedTaggedExportedAndRemoved(string name)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineConnections connections = new(_ => null);
        IContainerEngine met = await connections.OpenAsync(new EngineAddress(engine.Host), stop);
        byte[] shared = TestEngineImage.Tar("etc/base", new string('b', 300_000));
        TestEngineImage first = TestEngineImage.Of([shared, TestEngineImage.Tar("etc/port", "one")], """{"User":"65532:65532","Env":["A=b"],"Cmd":["/x"],"Labels":{"k":"v"},"Healthcheck":{"Test":["CMD","/x"],"Interval":1000000000,"Retries":3}}""", "localhost/port:one", "localhost/port:other");
        TestEngineImage second = TestEngineImage.Of([shared, TestEngineImage.Tar("etc/port", "two")]);
        try
        {
            await met.Images.LoadAsync(new MemoryStream(TestEngineImage.ArchiveOf(first, second)), stop);
            EngineImage image = Assert.IsType<EngineImage>(await met.Images.InspectAsync(first.Id, stop));
            Assert.Equal(first.Id, image.Id.ToString());
            Assert.Equal(["localhost/port:one", "localhost/port:other"], image.Tags);
            Assert.Equal("65532:65532", image.Config.Config.User);
            Assert.Equal(["/x"], image.Config.Config.Cmd);
            Assert.Equal("v", image.Config.Config.Labels["k"]);
            if (!met.Info.IsPodman)
            {
                // Podman's inspect leaves it out.
                Assert.Equal(3, image.Config.Config.Healthcheck!.Retries);
                Assert.Equal(TimeSpan.FromSeconds(1), image.Config.Config.Healthcheck.Interval);
            }

            Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), image.Config.Created);
            Assert.Equal(2, image.Config.DiffIds.Count);
            Assert.Equal(["layer 0", "layer 1"], (await met.Images.HistoryAsync(first.Id, stop)).Select(step => step.CreatedBy));

            IReadOnlyList<EngineImageRow> rows = await met.Images.ListAsync(stop);
            Assert.Equal(["localhost/port:one", "localhost/port:other"], Assert.Single(rows, row => row.Id.ToString() == first.Id).Tags);
            Assert.Empty(Assert.Single(rows, row => row.Id.ToString() == second.Id).Tags);

            await met.Images.TagAsync(second.Id, "localhost/port", "two", stop);
            Assert.Equal(second.Id, (await met.Images.InspectAsync("localhost/port:two", stop))!.Id.ToString());
            Assert.Null(await met.Images.InspectAsync("localhost/port:nowhere", stop));

            long before = met.Traffic.BytesReceived;
            await using (Stream archive = await met.Images.ExportAsync([first.Id, second.Id], stop))
            {
                await archive.CopyToAsync(Stream.Null, stop);
            }

            Assert.InRange(met.Traffic.BytesReceived - before, 300_000, 500_000);
            await met.Images.RemoveAsync("localhost/port:two", stop);
            Assert.Null(await met.Images.InspectAsync("localhost/port:two", stop));
            await met.Images.RemoveAsync("localhost/port:two", stop);
        }
        finally
        {
            await engine.RemoveImageAsync(first.Id);
            await engine.RemoveImageAsync(second.Id);
        }
    }
}
