using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>Images of real engines, against one another and against files.</summary>
public sealed class ComparisonEngineTests
{
    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task ImagesOfAnEngineAreComparedWithOthersAndWithFiles(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        using EngineRoom room = new(engine.Host);
        using ComparisonRoom own = new();
        ImageComparer comparer = new(() => own.Images.Paths, _ => room.Engine, new ShelvedLayers(own.Images.Shelf), () => own.Images.Cache, SafeText.Of, async (path, token) => new HistoryMap(await DockerfileReader.ReadAsync(path, token)));
        byte[] shared = TestEngineImage.Tar("usr/shared", new string('x', 100_000));
        TestEngineImage first = TestEngineImage.Of([shared, TestEngineImage.Tar("etc/built", "2026-01-01T10:00:00Z\n")], """{"User":"1:1"}""", "compare:first");
        TestEngineImage second = TestEngineImage.Of([shared, TestEngineImage.Tar("etc/built", "2026-01-02T10:00:00Z\n")], """{"User":"1:1"}""", "compare:second");
        string file = own.Images.Folder.Combine("first.tar");
        await File.WriteAllBytesAsync(file, first.Archive, TestContext.Current.CancellationToken);
        try
        {
            await engine.LoadAsync(TestEngineImage.ArchiveOf(first, second));
            EngineTraffic traffic = (await room.MeetAsync()).Traffic;

            // The id is the config's digest: nothing has to be exported.
            Assert.Equal(ComparisonVerdict.Identical, (await CompareAsync("compare:first", $"docker-archive:{file}")).Verdict);
            Assert.Equal(ComparisonVerdict.Identical, (await CompareAsync("compare:first", "compare:first")).Verdict);
            Assert.Equal(0, traffic.Exports);

            ImageComparison found = await CompareAsync("compare:first", "compare:second");
            Assert.Equal((ComparisonVerdict.Different, 1), (found.Verdict, found.SharedLayers));
            ImageDifference content = Assert.Single(found.Differences, difference => difference.Kind is ImageDifferenceKind.Content);
            Assert.Equal(("/etc/built", 9L, DifferenceCause.Timestamp), (content.Path, content.Offset, content.Cause));
            Assert.Equal(1, traffic.Exports);

            found = await CompareAsync($"docker-archive:{file}", "compare:second");
            Assert.Equal(content.ToString(), Assert.Single(found.Differences, difference => difference.Kind is ImageDifferenceKind.Content).ToString());
            Assert.Empty(room.Temporary);
        }
        finally
        {
            await engine.RemoveImageAsync(first.Id);
            await engine.RemoveImageAsync(second.Id);
        }

        async Task<ImageComparison> CompareAsync(string left, string right)
        {
            List<ImageComparison> all = [];
            await foreach (ImageComparison comparison in comparer.CompareAsync(new ComparisonRequest { ReferenceImage = left, DifferenceImage = right }, SilentReporter.Instance, TestContext.Current.CancellationToken))
            {
                all.Add(comparison);
            }

            return Assert.Single(all);
        }
    }
}
