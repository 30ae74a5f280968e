using System.Diagnostics;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>The registry that crane serves, in memory, on loopback; it has no referrers API.</summary>
internal sealed class CraneRegistry : IAsyncDisposable
{
    private readonly Process _process;

    private CraneRegistry(string crane, string address)
    {
        Address = address;
        _process = Process.Start(new ProcessStartInfo(crane, ["registry", "serve", "--address", address]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Host and port, as names of images have them.</summary>
    internal string Address { get; }

    /// <summary>Starts one; a skip where crane is not there.</summary>
    internal static async Task<CraneRegistry> StartAsync()
    {
        CraneRegistry registry = new(Tools.RequirePeer("usr/bin/crane"), $"127.0.0.1:{LoopbackServer.FreePort()}");
        if (await LoopbackServer.AnswersAsync($"http://{registry.Address}/v2/", new HttpClientHandler()))
        {
            return registry;
        }

        await registry.DisposeAsync();
        throw new InvalidOperationException("crane's registry did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
