using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BaseImage.Engine.Tests.Engines;
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
/// </summary>
public sealed class SampleTests
{
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
                foreach (string name in sample.Bases)
                {
                    await SampleBases.LoadAsync(engine, name);
                }

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
        ContainerBuilder which = builder switch { "classic" => ContainerBuilder.Classic, "buildkit" => ContainerBuilder.BuildKit, _ => ContainerBuilder.Default };
        if (builder == "buildkit")
        {
            (int status, string answer) = await engine.SendAsync(HttpMethod.Post, "/build/prune?all=1");
            Assert.True(status == 200, answer);
        }

        if (name == "onbuild")
        {
            string root = folder.Combine("base");
            await Sample.LayAsync("onbuild-base", root);
            await room.BuildAsync(new DockerfileBuildRequest { Path = Path.Combine(root, "Dockerfile"), UpdateLock = true, Builder = which, NoCache = true, Destinations = ["docker-daemon:base-onbuild:1"] });
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
                Builder = which,
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

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(400);
    }

    /// <summary>Serves every path as a small text, always from the same address, which the Dockerfile names.</summary>
    internal sealed class TextServer : IAsyncDisposable
    {
        private readonly TcpListener _listener;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public TextServer(int port = 0)
        {
            _listener = new TcpListener(IPAddress.Loopback, port);
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public int Requests { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await _serving;
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    NetworkStream stream = client.GetStream();
                    using StreamReader reader = new(stream, leaveOpen: true);
                    string path = (await reader.ReadLineAsync(_stop.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "/";
                    while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                    {
                    }

                    Requests++;
                    byte[] body = Encoding.ASCII.GetBytes($"the content of {path}\n");
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), _stop.Token);
                    await stream.WriteAsync(body, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
