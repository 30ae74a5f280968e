using System.Diagnostics;
using System.Globalization;

namespace BaseImage.Benchmarks;

/// <summary>The Console: a new process a line, or one warm session for all of them.</summary>
internal sealed class Door : IDisposable
{
    private readonly string _folder;
    private Process? _session;

    internal Door(string folder) => _folder = folder;

    private static string Program => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/BaseImage.Console/bin", Configuration, "net10.0/baseimage.dll"));

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Runs a line in a process of its own, start-up included.</summary>
    internal Task<Sample> WholeProcessAsync(string line, string cache)
        => Tool.MeasureAsync(Environment(cache), _folder, "dotnet", Program, "-Command", line);

    /// <summary>Runs a line in a process of its own, and gives what it printed.</summary>
    internal Task<string> RunAsync(string line, string cache) => Tool.RunAsync(Environment(cache), _folder, "dotnet", Program, "-Command", line);

    /// <summary>Runs a line in the session that is open.</summary>
    internal async Task<Sample> InProcessAsync(string line, string cache)
    {
        _session ??= Start();
        await _session.StandardInput.WriteLineAsync($"$env:BASEIMAGE_CACHE = '{cache}'; {line}");
        await _session.StandardInput.FlushAsync();
        string[] answer = (await _session.StandardOutput.ReadLineAsync() ?? "failed: the session ended").Split(' ');
        return answer is ["done", string seconds, string processor, string peak]
            ? new Sample(Number(seconds), Number(processor), (long)Number(peak))
            : throw new InvalidOperationException(string.Join(' ', answer));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.StandardInput.Close();
        _session?.WaitForExit();
        _session?.Dispose();
    }

    private Process Start()
    {
        ProcessStartInfo start = new("dotnet", [Program, "-File", Path.Combine(AppContext.BaseDirectory, "session.ps1")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        };
        return Process.Start(start)!;
    }

    private static Dictionary<string, string> Environment(string cache) => new() { ["BASEIMAGE_CACHE"] = cache };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
