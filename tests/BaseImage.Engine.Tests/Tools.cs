using System.Diagnostics;
using System.Text;

namespace BaseImage.Engine.Tests;

/// <summary>Programs that tests hold the product against. A test that lacks one is skipped, unless skips are forbidden.</summary>
internal static class Tools
{
    /// <summary>True where a missing tool must fail: BASEIMAGE_FORBID_SKIPS=1.</summary>
    public static bool SkipsForbidden => Environment.GetEnvironmentVariable("BASEIMAGE_FORBID_SKIPS") == "1";

    /// <summary>The full path of a program on PATH, or a skip.</summary>
    public static string Require(string program)
    {
        string? path = Find(program);
        Require(path is not null, $"{program} is not installed");
        return path!;
    }

    /// <summary>The full path of a file that `.ci/peers` brings (`usr/bin/notation`), or a skip.</summary>
    public static string RequirePeer(string path)
    {
        string full = Path.Combine(Root(), ".peers", path);
        Require(Path.Exists(full), $"{path} is not there; .ci/peers brings it");
        return full;
    }

    /// <summary>The folder of the checkout.</summary>
    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BaseImageCmdlets.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }

    /// <summary>A condition of the surroundings, or a skip with the reason.</summary>
    public static void Require(bool condition, string reason)
    {
        if (condition)
        {
            return;
        }

        if (SkipsForbidden)
        {
            Assert.Fail($"Skips are forbidden: {reason}.");
        }

        Assert.Skip(reason);
    }

    /// <summary>The full path of a program on PATH, or null.</summary>
    public static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/sbin"])
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program and returns what it printed; fails on another exit code than 0.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? input = null, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        (int code, string output, string error) = await TryRunAsync(program, arguments, input, folder, environment);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}\n{error}");
        return output;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> TryRunAsync(string program, IEnumerable<string> arguments, string? input = null, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await error);
    }
}
