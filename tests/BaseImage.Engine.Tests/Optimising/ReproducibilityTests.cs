using System.Text;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Optimising.Reproducibility;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Building;
using BaseImage.Engine.Tests.Building.ContainerBuild;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Optimising;

public sealed class ReproducibilityTests : IDisposable
{
    private readonly TempFolder _folder = new("reproducibility");

    public static TheoryData<string> Both => TestEngines.Both;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_differs_under_all_conditions_is_tried_under_each()
    {
        // A build that depends on one condition alone.
        Recorded builder = new(varied => varied.Workers == 1 ? "one" : "many");
        ReproducibilityResult result = await Tester(builder).TestAsync(new ReproducibilityRequest { Definition = Definition() }, SilentReporter.Instance, TestContext.Current.CancellationToken);
        Assert.False(result.IsReproducible);
        Assert.Equal([true, false, true, true, false, true], result.Builds.Select(build => build.IsSame));
        Assert.Equal(4, result.Builds[1].Varied.Count);
        Assert.Equal([BuildCondition.Parallelism], result.Builds[4].Varied);
        Assert.Equal(["Time, Cache, Parallelism, Locale", "Parallelism"], result.Differences.Select(difference => difference.Varied).Distinct());
        Assert.Contains(result.Differences, difference => difference is { Varied: "Parallelism", Kind: ImageDifferenceKind.Content, Path: "/which" });
        Assert.Empty(_folder.List());
    }

    [Fact]
    public async Task Where_all_conditions_give_the_same_two_builds_are_enough()
    {
        Recorded builder = new(_ => "same");
        ReproducibilityResult result = await Tester(builder).TestAsync(new ReproducibilityRequest { Definition = Definition() }, SilentReporter.Instance, TestContext.Current.CancellationToken);
        Assert.True(result.IsReproducible);
        Assert.Equal(2, result.Builds.Count);
        Assert.Empty(result.Differences);
        Assert.Equal(["tr-TR"], builder.Cultures.Distinct().Except([System.Globalization.CultureInfo.CurrentCulture.Name]));
        Assert.Equal(System.Globalization.CultureInfo.CurrentCulture.Name, builder.Cultures[0]);
    }

    [Fact]
    public async Task A_condition_that_means_nothing_is_an_error_before_anything_is_built()
    {
        Recorded builder = new(_ => "same");
        ConditionNotVariedException error = await Assert.ThrowsAsync<ConditionNotVariedException>(() => Tester(builder).TestAsync(
            new ReproducibilityRequest { Definition = Definition(), Vary = [BuildCondition.Umask] }, SilentReporter.Instance, TestContext.Current.CancellationToken));
        Assert.Contains("Parallelism", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Empty(builder.Cultures);
    }

    [Fact]
    public async Task Builds_are_kept_where_that_is_asked_for_and_gone_after_a_failure()
    {
        string kept = _folder.Combine("kept");
        ReproducibilityResult result = await Tester(new Recorded(_ => "same")).TestAsync(
            new ReproducibilityRequest { Definition = Definition(), Repeat = 1, Vary = [BuildCondition.Locale], DestinationPath = kept }, SilentReporter.Instance, TestContext.Current.CancellationToken);
        Assert.Equal((kept, 3), (result.DestinationPath, result.Builds.Count));
        Assert.Equal(["1", "2", "3"], Directory.GetDirectories(kept).Select(Path.GetFileName).Order());
        Directory.Delete(kept, recursive: true);
        int number = 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Tester(new Recorded(_ => ++number > 1 ? throw new InvalidOperationException() : "same")).TestAsync(
            new ReproducibilityRequest { Definition = Definition() }, SilentReporter.Instance, TestContext.Current.CancellationToken));
        Assert.Empty(_folder.List());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_Dockerfile_is_the_same_under_every_condition_or_the_line_is_named(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name, "optimising");
        string image = $"repro-{Guid.NewGuid().ToString("N")[..8]}:1", id = await engine.LoadAsync(Base(image));
        using BuildRoom room = new(engine.Host);
        try
        {
            ReproducibilityTester tester = new(_ => throw new InvalidOperationException(), room.Builder, (_, _) => Task.FromResult(""), Comparer(room.Engine.Paths, room), () => _folder.Combine(Guid.NewGuid().ToString("N")));
            string good = Write("good", $"FROM {image}\nCOPY --chown=1:1 files /files/\nRUN busybox mkdir -p /var/log && busybox date > /var/log/x.log && echo done > /done\n");
            ReproducibilityResult same = await tester.TestAsync(new ReproducibilityRequest { Dockerfile = new DockerfileBuildRequest { Path = good, AllowUnpinned = true } }, room.Said, TestContext.Current.CancellationToken);
            Assert.True(same.IsReproducible, string.Join('\n', same.Differences));
            Assert.Equal(8, same.Builds[1].Varied.Count);

            string bad = Write("bad", $"FROM {image}\nRUN echo fine > /fine\nRUN echo \"$TZ\" > /zone\n");
            ReproducibilityResult other = await tester.TestAsync(new ReproducibilityRequest { Dockerfile = new DockerfileBuildRequest { Path = bad, AllowUnpinned = true }, Vary = [BuildCondition.Locale, BuildCondition.TimeZone] }, room.Said, TestContext.Current.CancellationToken);
            Assert.Equal([true, true, false], other.Builds.Select(build => build.IsSame));
            ReproducibilityDifference difference = Assert.Single(other.Differences, difference => difference.Kind == ImageDifferenceKind.Content);
            Assert.Equal(("/zone", "TimeZone", 3), (difference.Path, difference.Varied, difference.Line));
            Assert.Contains("/zone", difference.Instruction, StringComparison.Ordinal);
            Assert.Equal(["bad/", "good/"], _folder.List().Where(path => path.Count(c => c == '/') == 1 && path.EndsWith('/')));
        }
        finally
        {
            await engine.RemoveImageAsync(id);
        }
    }

    private static BuildRequest Definition() => new() { Definition = TestLocks.Definition, Lock = TestLocks.LockOf(), Access = new ArchiveAccess() };

    private static TestEngineImage Base(string name)
    {
        byte[] busybox = File.ReadAllBytes(Tools.Require("busybox"));
        return TestEngineImage.Of([TestEngineImage.Tar(("bin/sh", busybox, 0x1ED), ("bin/busybox", busybox, 0x1ED))], """{"Env":["PATH=/bin"]}""", name);
    }

    private static ImageComparer Comparer(BaseImagePaths paths, BuildRoom room) => new(
        () => paths, _ => room.Engine.Engine, new ShelvedLayers(new LayerShelf(() => room.Engine.Engine.Cache)), () => room.Engine.Engine.Cache, text => text, async (path, token) => new HistoryMap(await DockerfileReader.ReadAsync(path, token)));

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(_folder.Combine(name, "files"));
        File.WriteAllText(_folder.Combine(name, "files", "a"), "a");
        File.WriteAllText(_folder.Combine(name, "files", "b"), "b");
        File.WriteAllText(_folder.Combine(name, "Dockerfile"), text);
        return _folder.Combine(name, "Dockerfile");
    }

    private ReproducibilityTester Tester(Recorded builder)
        => new ReproducibilityTester(_ => (builder, null), null!, (_, _) => Task.FromResult(""), new Compared(), () => _folder.Combine(Guid.NewGuid().ToString("N")));

    // Stands for a build whose bytes depend on what the test says.
    private sealed class Recorded(Func<BuildRequest, string> content) : IBuildImage
    {
        public List<string> Cultures { get; } = [];

        public Task<ContainerImage> BuildAsync(BuildRequest request, IReporter reporter, CancellationToken cancellationToken)
        {
            Cultures.Add(System.Globalization.CultureInfo.CurrentCulture.Name);
            string folder = request.Destinations[0]["oci:".Length..^":latest".Length];
            Directory.CreateDirectory(folder);
            Digest digest = Digest.Of(Encoding.UTF8.GetBytes(content(request)));
            return Task.FromResult(new ContainerImage { Name = "test", Reference = $"oci:{folder}@{digest}", Digest = digest });
        }
    }

    private sealed class Compared : ICompareImages
    {
        public async IAsyncEnumerable<ImageComparison> CompareAsync(ComparisonRequest request, IReporter reporter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            yield return new ImageComparison
            {
                ReferenceImage = request.ReferenceImage,
                DifferenceImage = request.DifferenceImage,
                Platform = Platform.LinuxAmd64,
                Verdict = ComparisonVerdict.Different,
                Differences = [new ImageDifference { Kind = ImageDifferenceKind.Content, Path = "/which" }],
            };
        }
    }
}
