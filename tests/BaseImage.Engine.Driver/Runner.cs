using BaseImage.Ports;

namespace BaseImage.Engine.Tests;

/// <summary>
/// Audits an image by running it, in a process of its own: one that is killed, or one that sees no other process of the
/// machine. Or builds a Dockerfile, to be killed as well.
/// </summary>
public static class Runner
{
    /// <summary>Prints the processes that it can see, and then rule, status and message of each row, one a line.</summary>
    public static async Task<int> RunAsync(string reference, string host, int seconds)
    {
        int[] visible = [.. Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0).Where(id => id > 0)];
        await Console.Out.WriteLineAsync($"visible {visible.Length}");
        await Console.Out.FlushAsync();
        using IBaseImageEngine engine = BaseImageEngine.Create(new Session.NoPowerShell()).At(new EngineAddress(host));
        RuntimeRequest runtime = new() { ConfirmAsync = (_, _) => Task.FromResult(true), Watch = TimeSpan.FromSeconds(seconds) };
        await foreach (AuditResult row in engine.Auditor.AuditAsync(new AuditRequest { Reference = reference, Rules = ["BI500*"], Runtime = runtime }, SilentReporter.Instance, CancellationToken.None))
        {
            await Console.Out.WriteLineAsync($"{row.RuleId} {row.Status} {row.Message}");
        }

        return 0;
    }

    /// <summary>Builds a Dockerfile through an engine, and prints a line before it begins.</summary>
    public static async Task<int> BuildAsync(string dockerfile, string host, string destination)
    {
        await Console.Out.WriteLineAsync("begun");
        await Console.Out.FlushAsync();
        using IBaseImageEngine engine = BaseImageEngine.Create(new Session.NoPowerShell()).At(new EngineAddress(host));
        ContainerImage image = await engine.DockerfileBuilder.BuildAsync(new DockerfileBuildRequest { Path = dockerfile, AllowUnpinned = true, NoCache = true, Destinations = [destination] }, SilentReporter.Instance, CancellationToken.None);
        await Console.Out.WriteLineAsync(image.Digest.ToString());
        return 0;
    }
}
