using System.Diagnostics;

namespace BaseImage.Cmdlets.Tests;

/// <summary>Where things are in the checkout that the tests run from.</summary>
internal static class Repository
{
#if DEBUG
    internal const string Configuration = "Debug";
#else
    internal const string Configuration = "Release";
#endif

    internal static string Root { get; } = FindRoot();

    internal static string Manifest => Path.Combine(Root, "BaseImage.psd1");

    internal static string Probe => Path.Combine(Root, "tests", "BaseImage.Cmdlets.Probe", "bin", Configuration, "net8.0", "BaseImage.Cmdlets.Probe.dll");

    internal static string Console => Path.Combine(Root, "src", "BaseImage.Console", "bin", Configuration, "net10.0", "baseimage.dll");

    internal static string Assembly(string project, string framework = "net8.0", string? file = null)
        => Path.Combine(Root, "src", project, "bin", Configuration, framework, (file ?? project) + ".dll");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BaseImage.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run from a checkout.");
    }
}

/// <summary>What a run of the Console printed and ended with.</summary>
internal sealed record ConsoleRun(int ExitCode, string Output, string Errors)
{
    internal static Task<ConsoleRun> RunAsync(string? input, string? folder, params string[] arguments) => RunAsync(Repository.Console, input, folder, arguments);

    internal static async Task<ConsoleRun> RunAsync(string console, string? input, string? folder, string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        start.ArgumentList.Add(console);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ConsoleRun(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await errors).ReplaceLineEndings("\n"));
    }

    internal static Task<ConsoleRun> CommandAsync(string command) => RunAsync(null, null, "-Command", command);
}
