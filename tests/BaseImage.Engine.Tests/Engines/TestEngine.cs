using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>A real engine with folders and a socket of its own, and a plain HTTP client to ask it behind the product's back.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;
    private readonly StringBuilder _log;
    private readonly HttpClient _client;

    private TestEngine(string name, string folder, Process process, StringBuilder log)
    {
        (Name, _folder, _process, _log) = (name, folder, process, log);
        SocketPath = Path.Combine(folder, "e.sock");
        _client = ClientOf(SocketPath);
    }

    /// <summary><c>dockerd</c> or <c>podman</c>.</summary>
    internal string Name { get; }

    /// <summary>The socket's path.</summary>
    internal string SocketPath { get; }

    /// <summary>As DOCKER_HOST has it.</summary>
    internal string Host => "unix://" + SocketPath;

    /// <summary>What the engine has printed.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>A plain HTTP client for a socket.</summary>
    internal static HttpClient ClientOf(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            Socket connected = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connected.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
            return new NetworkStream(connected, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://engine") };

    /// <summary>Starts a Docker engine.</summary>
    /// <param name="before">The program, with its arguments, that it is started by; null for none.</param>
    internal static Task<TestEngine> StartDockerAsync(IReadOnlyList<string>? before = null)
    {
        string program = Tools.Require("dockerd");
        string folder = NewFolder("dockerd");

        // Of its own, so that the machine's settings of Docker play no part.
        File.WriteAllText(Path.Combine(folder, "daemon.json"), "{}");
        return StartAsync("dockerd", folder, StartOf(before, program,
        [
            "--data-root", Path.Combine(folder, "data"), "--exec-root", Path.Combine(folder, "exec"), "--pidfile", Path.Combine(folder, "pid"),
            "-H", "unix://" + Path.Combine(folder, "e.sock"), "--bridge", "none", "--iptables=false", "--config-file", Path.Combine(folder, "daemon.json"),
        ]));
    }

    /// <summary>Starts Podman's service.</summary>
    /// <param name="before">The program, with its arguments, that it is started by; null for none.</param>
    internal static Task<TestEngine> StartPodmanAsync(IReadOnlyList<string>? before = null)
    {
        string program = Tools.Require("podman");
        Tools.Require("runc");
        string folder = NewFolder("podman");
        string settings = Path.Combine(folder, "containers.conf");
        File.WriteAllText(settings, """
            [containers]
            default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "none"

            """);
        ProcessStartInfo start = StartOf(before, program,
        [
            "--root", Path.Combine(folder, "root"), "--runroot", Path.Combine(folder, "run"), "--tmpdir", Path.Combine(folder, "tmp"),
            "system", "service", "-t", "0", "unix://" + Path.Combine(folder, "e.sock"),
        ]);
        start.Environment["CONTAINERS_CONF"] = settings;
        return StartAsync("podman", folder, start);
    }

    /// <summary>Asks the engine, as in <c>GetAsync("/images/json")</c>.</summary>
    internal async Task<JsonNode?> GetAsync(string path) => JsonNode.Parse(await _client.GetStringAsync(path, TestContext.Current.CancellationToken));

    /// <summary>Sends a request and gives the status and the answer.</summary>
    internal async Task<(int Status, string Answer)> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Loads a Docker archive; see <see cref="TestEngineImage"/> for one that is made of bytes.</summary>
    internal async Task LoadAsync(byte[] archive)
    {
        using ByteArrayContent content = new(archive);
        content.Headers.ContentType = new("application/x-tar");
        (int status, string answer) = await SendAsync(HttpMethod.Post, "/images/load", content);
        Assert.True(status == 200 && !answer.Contains("\"error\"", StringComparison.Ordinal), $"{Name} did not load the image ({status}): {answer}\n{Log}");
    }

    /// <summary>Makes an image of tars and loads it; returns its id.</summary>
    internal async Task<string> LoadAsync(TestEngineImage image)
    {
        await LoadAsync(image.Archive);
        return image.Id;
    }

    /// <summary>Takes an image away with all its names; nothing happens where it is not there.</summary>
    internal async Task RemoveImageAsync(string nameOrId) => await SendAsync(HttpMethod.Delete, $"/images/{nameOrId}?force=true");

    /// <summary>The ids of all images, dangling ones too.</summary>
    internal async Task<IReadOnlyList<string>> ImageIdsAsync()
        => [.. (await GetAsync("/images/json?all=false"))!.AsArray().Select(image => (string)image!["Id"]!).Select(id => id.Contains(':', StringComparison.Ordinal) ? id : "sha256:" + id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        try
        {
            if (!_process.HasExited)
            {
                using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
                await _process.WaitForExitAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        await UnmountAsync();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What an engine still holds is the system's own clean-up's.
        }
    }

    private static ProcessStartInfo StartOf(IReadOnlyList<string>? before, string program, IEnumerable<string> arguments)
        => before is null ? new(program, arguments) : new(before[0], [.. before.Skip(1), program, .. arguments]);

    private static string NewFolder(string name)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"baseimage-{name}-{Guid.NewGuid().ToString("N")[..8]}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static async Task<TestEngine> StartAsync(string name, string folder, ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = folder;
        foreach (string variable in new[] { "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "CONTAINER_HOST" })
        {
            start.Environment.Remove(variable);
        }

        StringBuilder log = new();
        Process process = new() { StartInfo = start };
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (log)
            {
                log.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        TestEngine engine = new(name, folder, process, log);
        for (int attempt = 0; attempt < 600 && !process.HasExited; attempt++)
        {
            if (File.Exists(engine.SocketPath) && await engine.AnswersAsync())
            {
                return engine;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        string said = engine.Log;
        await engine.DisposeAsync();
        Assert.Fail($"{name} did not start:\n{said}");
        return engine;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await _client.GetAsync("/_ping", TestContext.Current.CancellationToken)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task UnmountAsync()
    {
        string[] mounts = [.. (await File.ReadAllLinesAsync("/proc/self/mountinfo")).Select(line => line.Split(' ')[4]).Where(mount => mount.StartsWith(_folder + "/", StringComparison.Ordinal)).Reverse()];
        foreach (string mount in mounts)
        {
            using Process unmount = Process.Start("umount", ["-l", mount]);
            await unmount.WaitForExitAsync();
        }
    }
}
