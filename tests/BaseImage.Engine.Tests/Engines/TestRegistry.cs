using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>A real docker-registry on loopback, without TLS and without asking who one is, with a folder of its own.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly TempFolder _folder = new("registry");
    private readonly Process _process;

    private TestRegistry(int port)
    {
        Address = $"127.0.0.1:{port}";
        string config = _folder.Combine("config.yml");
        File.WriteAllText(config, $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {_folder.Combine("data")}\nhttp:\n  addr: {Address}\n");
        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Host and port, as names of images have them.</summary>
    internal string Address { get; }

    /// <summary>Starts one; a skip where it is not installed.</summary>
    internal static async Task<TestRegistry> StartAsync()
    {
        Tools.Require("docker-registry");
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        TestRegistry registry = new(port);
        using HttpClient client = new();
        for (int i = 0; i < 200; i++)
        {
            try
            {
                if ((await client.GetAsync($"http://{registry.Address}/v2/", TestContext.Current.CancellationToken)).IsSuccessStatusCode)
                {
                    return registry;
                }
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        await registry.DisposeAsync();
        throw new InvalidOperationException("docker-registry did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
