using System.Diagnostics;
using System.Globalization;

namespace BaseImage.Benchmarks;

/// <summary>Processes, measured by GNU time: elapsed, user and system time, largest resident set of what they started.</summary>
internal static class Tool
{
    /// <summary>Runs a program and says what it took.</summary>
    internal static async Task<Sample> MeasureAsync(IReadOnlyDictionary<string, string> environment, string folder, params string[] command)
    {
        string report = Path.GetTempFileName();
        try
        {
            long start = Stopwatch.GetTimestamp();
            await RunAsync(environment, folder, ["/usr/bin/time", "-f", "%U %S %M", "-o", report, .. command]);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            string[] parts = (await File.ReadAllLinesAsync(report))[^1].Split(' ');
            return new Sample(seconds, Number(parts[0]) + Number(parts[1]), (long)Number(parts[2]) * 1024);
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>Runs a program and gives what it printed.</summary>
    internal static async Task<string> RunAsync(IReadOnlyDictionary<string, string> environment, string folder, params string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.\n{await errors}\n{await output}");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
