using System.Collections.Concurrent;
using System.Text;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Ports;

[assembly: AssemblyFixture(typeof(BaseImage.Engine.Tests.Building.ContainerBuild.SampleFixture))]

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>Takes the samples' bases away at the end.</summary>
public sealed class SampleFixture : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => SampleBases.Dispose();
}

/// <summary>
/// Dockerfiles of every kind are built twice, from an empty builder's cache, minutes apart (all of an engine's are built once
/// before the first is built again), by two clocks of this process, to the same digest, and nothing of it is left in the engine.
/// Docker's classic builder has two clocks of its host too: the second engine, and every process in its containers, lives 400
/// days later (OtherClock says what that reaches, and that faketime does not); the times that its kernel gives to files are the
/// machine's.
/// </summary>
public sealed class SampleTests
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(400);
    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyDictionary<string, object>>>> s_first = new();

    /// <summary>Every sample.</summary>
    public static TheoryData<string> Names => [.. Sample.All.Select(sample => sample.Name)];

    [Fact]
    public void There_are_at_least_twelve_and_nine_need_no_change()
    {
        Assert.True(Sample.All.Count >= 12);
        Assert.True(Sample.All.Count(sample => sample.NeedsNoChange) >= 9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task Dockers_classic_builder_gives_the_same_digest_twice(string name) => BuildAgainAsync("classic", name);

    [Theory]
    [MemberData(nameof(Names))]
    public Task BuildKit_gives_the_same_digest_twice(string name) => BuildAgainAsync("buildkit", name);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Podman_gives_the_same_digest_twice(string name) => BuildAgainAsync("podman", name);

    [Fact]
    public async Task The_second_clock_reaches_the_engine_and_what_it_builds()
    {
        (TestEngine now, TestEngine later) = (await TestEngines.GetAsync("dockerd", "samples"), await LaterAsync());
        List<DateTimeOffset> seen = [];
        List<Digest> digests = [];
        using TempFolder folder = new("clock");
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "FROM base-busybox:1\nUSER 0\nRUN [\"/bin/busybox\", \"sh\", \"-c\", \"echo it is $(/bin/busybox date -u +%Y) > /built\"]\n", TestContext.Current.CancellationToken);
        foreach (TestEngine one in (TestEngine[])[now, later])
        {
            await SampleBases.LoadAsync(one, "busybox");
            using BuildRoom room = new(one.Host, SampleBases.Layout);
            digests.Add((await room.BuildAsync(new DockerfileBuildRequest { Path = folder.Combine("Dockerfile"), UpdateLock = true, NoCache = true })).Digest);
            seen.Add(DateTimeOffset.Parse((string)(await one.GetAsync("/info"))!["SystemTime"]!, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.InRange(seen[1] - seen[0], s_ahead, s_ahead + TimeSpan.FromDays(1));
        Assert.NotEqual(digests[0], digests[1]);
    }

    private static async Task<TestEngine> LaterAsync() => await TestEngines.GetAsync("dockerd", "samples-later", await OtherClock.BeforeAsync(s_ahead));

    private static async Task BuildAgainAsync(string builder, string name)
    {
        Tools.Require("apt-ftparchive");
        TestEngine engine = await TestEngines.GetAsync(builder == "podman" ? "podman" : "dockerd", "samples");
        IReadOnlyDictionary<string, object> first = await s_first.GetOrAdd(builder, _ => new Lazy<Task<IReadOnlyDictionary<string, object>>>(() => BuildAllAsync(engine, builder))).Value;
        if (first[name] is Exception failure)
        {
            throw new InvalidOperationException($"{name} was not built the first time: {failure.Message}", failure);
        }

        ContainerImage before = (ContainerImage)first[name];
        engine = builder == "classic" ? await LaterAsync() : engine;
        await LoadBasesAsync(engine, builder, Sample.All.First(sample => sample.Name == name), new LaterClock());
        IReadOnlyList<string> ids = await engine.ImageIdsAsync();
        ContainerImage again = await BuildAsync(engine, builder, name, new LaterClock());
        Assert.Equal(before.ImageId, again.ImageId);
        Assert.Equal(before.Digest, again.Digest);
        Assert.Equal(ids, await engine.ImageIdsAsync());
        Assert.DoesNotContain((await engine.GetAsync("/containers/json?all=1"))!.AsArray(), container => container!.ToJsonString().Contains("org.baseimage.run", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyDictionary<string, object>> BuildAllAsync(TestEngine engine, string builder)
    {
        Dictionary<string, object> built = new(StringComparer.Ordinal);
        foreach (Sample sample in Sample.All)
        {
            try
            {
                await LoadBasesAsync(engine, builder, sample, TimeProvider.System);
                built[sample.Name] = await BuildAsync(engine, builder, sample.Name, TimeProvider.System);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                built[sample.Name] = e;
            }
        }

        return built;
    }

    private static async Task<ContainerImage> BuildAsync(TestEngine engine, string builder, string name, TimeProvider time)
    {
        using TempFolder folder = new("sample");
        using BuildRoom room = new(engine.Host, SampleBases.Layout, time);
        if (builder == "buildkit")
        {
            (int status, string answer) = await engine.SendAsync(HttpMethod.Post, "/build/prune?all=1");
            Assert.True(status == 200, answer);
        }

        string place = folder.Combine(name);
        await Sample.LayAsync(name, place);
        await using TextServer server = new(name == "download" ? 47_123 : 0);
        if (name == "download")
        {
            await File.WriteAllTextAsync(Path.Combine(place, "Dockerfile.build.json"), $$"""{ "SchemaVersion": 1, "BuildArguments": { "PLACE": "{{server.Address}}" } }""");
        }

        try
        {
            return await room.BuildAsync(new DockerfileBuildRequest
            {
                Path = Path.Combine(place, "Dockerfile"),
                UpdateLock = true,
                Builder = Which(builder),
                NoCache = true,
                Source = "https://example.org/sample",
                Revision = "0123456789abcdef",
            });
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{builder} {name}: {e.Message}\n{room.Said.All}", e);
        }
    }

    private static ContainerBuilder Which(string builder) => builder switch { "classic" => ContainerBuilder.Classic, "buildkit" => ContainerBuilder.BuildKit, _ => ContainerBuilder.Default };

    private static async Task LoadBasesAsync(TestEngine engine, string builder, Sample sample, TimeProvider time)
    {
        foreach (string name in sample.Bases)
        {
            await SampleBases.LoadAsync(engine, name);
        }

        if (sample.Name == "onbuild")
        {
            using TempFolder folder = new("onbuild-base");
            using BuildRoom room = new(engine.Host, SampleBases.Layout, time);
            await Sample.LayAsync("onbuild-base", folder.Path);
            await room.BuildAsync(new DockerfileBuildRequest { Path = folder.Combine("Dockerfile"), UpdateLock = true, Builder = Which(builder), NoCache = true, Destinations = ["docker-daemon:base-onbuild:1"] });
        }
    }

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + s_ahead;
    }

    /// <summary>Serves every path as a small text, always from the same address, which the Dockerfile names.</summary>
    internal sealed class TextServer(int port = 0) : IAsyncDisposable
    {
        private readonly HostileServer _server = new((request, stream, _) => HostileServer.ServeAsync(request, stream, Encoding.ASCII.GetBytes($"the content of {request.Path}\n")), port);

        public string Address => _server.Url;

        public int Requests => _server.Requests.Count;

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
