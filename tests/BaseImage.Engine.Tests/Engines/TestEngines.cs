using System.Runtime.InteropServices;

[assembly: AssemblyFixture(typeof(BaseImage.Engine.Tests.Engines.TestEngines))]

namespace BaseImage.Engine.Tests.Engines;

/// <summary>
/// The real engines that tests speak with: each started when a test first asks for it, shared by all of the assembly's
/// tests, and stopped at the assembly's end. Tests name what they make after themselves and take it away.
/// </summary>
public sealed class TestEngines : IAsyncDisposable
{
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static readonly Dictionary<string, TestEngine> s_engines = new(StringComparer.Ordinal);

    /// <summary>Names for theories that run on both.</summary>
    public static TheoryData<string> Both => ["dockerd", "podman"];

    /// <summary>The engine of that name, <c>dockerd</c> or <c>podman</c>, running; or a skip.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="whose">Whose it is alone, where a test empties it, counts what is in it or has another clock than the others; empty for the one that is shared.</param>
    /// <param name="before">What it is started by, where it is somebody's alone; null for nothing.</param>
    internal static async Task<TestEngine> GetAsync(string name, string whose = "", IReadOnlyList<string>? before = null)
    {
        Tools.Require(RuntimeInformation.IsOSPlatform(OSPlatform.Linux) && Environment.IsPrivilegedProcess, $"{name} is started on Linux, as root");
        await s_gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!s_engines.TryGetValue(name + whose, out TestEngine? engine))
            {
                engine = name == "podman" ? await TestEngine.StartPodmanAsync(before) : await TestEngine.StartDockerAsync(before);
                s_engines.Add(name + whose, engine);
            }

            return engine;
        }
        finally
        {
            s_gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (TestEngine engine in s_engines.Values)
        {
            await engine.DisposeAsync();
        }

        s_engines.Clear();
    }
}
