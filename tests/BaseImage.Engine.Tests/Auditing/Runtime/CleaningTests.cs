using System.Diagnostics;
using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Runtime;

/// <summary>Whatever ends a run, nothing of it stays in the engine. BASEIMAGE_RUN_KILLS=100 for a long hunt; the seed is printed.</summary>
[Collection("Runs in engines")]
public sealed class CleaningTests(ITestOutputHelper output)
{
    private const string Config = """{"User":"65532","Cmd":["/bin/sleep","600"]}""";

    private static readonly int s_rounds = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_RUN_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 3;

    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    public async Task A_run_that_is_cancelled_at_any_moment_leaves_nothing(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        string image = await runs.WriteAsync(TestEngineImage.Of([await TestRuns.LayerAsync()], Config));
        Random random = Seeded();
        for (int round = 0; round < s_rounds; round++)
        {
            using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(random.Next(0, 9_000)));
            try
            {
                await runs.AuditAsync(image, runs.Engine.Host, cancellationToken: stop.Token, rules: "BI5*");
            }
            catch (OperationCanceledException)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }

            Assert.Empty(await runs.LabelledAsync());
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_a_killed_process_left_is_removed_by_the_next_call(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        string image = await runs.WriteAsync(TestEngineImage.Of([await TestRuns.LayerAsync()], Config));
        Random random = Seeded();
        int left = 0;
        for (int round = 0; round < s_rounds; round++)
        {
            using Process process = await StartAsync(runs, image, 2);
            await Task.Delay(random.Next(500, 6_000), TestContext.Current.CancellationToken);
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            left += (await runs.LabelledAsync()).Count;
            await SweepAsync(runs);
            Assert.Empty(await runs.LabelledAsync());
        }

        output.WriteLine($"{s_rounds} kills left {left} things behind, all of which the next call removed.");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_another_live_run_owns_stays(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        string image = await runs.WriteAsync(TestEngineImage.Of([await TestRuns.LayerAsync()], Config));
        using Process process = await StartAsync(runs, image, 2);
        Task<string> rows = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        int seen = 0;
        while (!process.HasExited)
        {
            seen += (await runs.LabelledAsync()).Count;
            await SweepAsync(runs);
        }

        Assert.True(seen > 0);
        Assert.Equal(9, (await rows).Split('\n').Count(line => line.Contains(" Pass ", StringComparison.Ordinal)));
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_engines_own_images_stay(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        TestEngineImage image = TestEngineImage.Of([await TestRuns.LayerAsync(0x9ED)], """{"User":"app","Cmd":["/app/actor","x"]}""", "localhost/cleaning:test");
        await runs.Engine.LoadAsync(image);
        try
        {
            RunRows rows = await runs.AuditAsync("docker-daemon:localhost/cleaning:test", runs.Engine.Host);
            Assert.True(rows["BI5002"].Status is AuditStatus.Fail, rows.ToString());

            // The same image from an archive is another one for the time of its run.
            rows = await runs.AuditAsync(await runs.WriteAsync(image), runs.Engine.Host);
            Assert.True(rows["BI5002"].Status is AuditStatus.Fail, rows.ToString());
            Assert.Contains(image.Id, await runs.Engine.ImageIdsAsync());
            Assert.Empty(await runs.LabelledAsync());
        }
        finally
        {
            await runs.Engine.RemoveImageAsync(image.Id);
        }
    }

    /// <summary>The process that audits is alone in its PID namespace, with a /proc of that namespace: it sees no process of the engine.</summary>
    [Theory, MemberData(nameof(Both))]
    public async Task The_truth_is_read_where_no_process_of_the_engine_can_be_seen(string engine)
    {
        string unshare = Tools.Require("unshare");
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        string image = await runs.WriteAsync(TestEngineImage.Of([await TestRuns.LayerAsync(0x9ED)], """{"User":"app","Cmd":["/app/actor","w"]}"""));
        string printed = await Tools.RunAsync(unshare, ["--pid", "--mount", "--fork", "--mount-proc", "dotnet", TestRuns.Driver, "run", image, runs.Engine.Host, "1"], environment: runs.Environment);
        Assert.StartsWith("visible 1\n", printed, StringComparison.Ordinal);
        Assert.Contains("BI5002 Fail It is started as uid 65532 ('app' in the configuration) and becomes root", printed, StringComparison.Ordinal);
        Assert.Contains("BI5004 Pass", printed, StringComparison.Ordinal);
        Assert.Empty(await runs.LabelledAsync());
    }

    [Fact]
    public void Owners_that_have_gone_are_told_from_those_that_live()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        RunLabels run = RunLabels.New(TimeProvider.System);
        IReadOnlyDictionary<string, string> own = run.Labels;
        RunLabels.Begin(run.Id);
        Assert.False(RunLabels.IsAbandoned(own, TimeProvider.System));
        RunLabels.End(run.Id);
        Assert.True(RunLabels.IsAbandoned(own, TimeProvider.System));
        Assert.True(RunLabels.IsAbandoned(own, new FixedTime(now + RunLabels.Lease + TimeSpan.FromMinutes(1))));
        string[] owner = own[RunLabels.Owner].Split(':');
        Assert.True(RunLabels.IsAbandoned(With(own, $"{owner[0]}:{owner[1]}:1"), TimeProvider.System));
        Assert.True(RunLabels.IsAbandoned(With(own, $"{owner[0]}:2147483646:{owner[2]}"), TimeProvider.System));

        // Nothing is known of another machine's processes but how long they may take.
        Assert.False(RunLabels.IsAbandoned(With(own, $"0123456789abcdef:{owner[1]}:1"), TimeProvider.System));
        Assert.True(RunLabels.IsAbandoned(With(own, $"0123456789abcdef:{owner[1]}:1"), new FixedTime(now + RunLabels.Lease + TimeSpan.FromMinutes(1))));
        Assert.True(RunLabels.IsAbandoned(new Dictionary<string, string> { [RunLabels.Run] = "x" }, TimeProvider.System));
        Assert.DoesNotContain(Environment.MachineName, own[RunLabels.Owner], StringComparison.Ordinal);
    }

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> labels, string owner) => new(labels) { [RunLabels.Owner] = owner };

    private static async Task SweepAsync(TestRuns runs)
    {
        using EngineConnections connections = new(_ => null);
        await RunSweeper.SweepAsync(await connections.OpenAsync(new EngineAddress(runs.Engine.Host), TestContext.Current.CancellationToken), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private static async Task<Process> StartAsync(TestRuns runs, string image, int seconds)
    {
        ProcessStartInfo start = new("dotnet", [TestRuns.Driver, "run", image, runs.Engine.Host, seconds.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        foreach ((string name, string? value) in runs.Environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        string? first = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("visible ", first, StringComparison.Ordinal);
        return process;
    }

    private Random Seeded()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        output.WriteLine($"BASEIMAGE_TEST_SEED={seed}");
        return new Random(seed);
    }
}
