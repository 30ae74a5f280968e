using System.Diagnostics;
using System.Text;

namespace BaseImage.Engine.Tests;

/// <summary>Programs whose input and output are bytes, of any size.</summary>
internal static class ByteTools
{
    /// <summary>Runs a program in the C locale and gives what it wrote; fails the test where it does not end with 0.</summary>
    public static async Task<byte[]> RunAsync(string program, IEnumerable<string> arguments, byte[]? input = null)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task feed = FeedAsync(process, input ?? []);
        using MemoryStream output = new();
        Task copy = process.StandardOutput.BaseStream.CopyToAsync(output);
        string error = await process.StandardError.ReadToEndAsync();
        await Task.WhenAll(feed, copy, process.WaitForExitAsync());
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error}");
        return output.ToArray();
    }

    /// <summary>As <see cref="RunAsync"/>, the output as UTF-8.</summary>
    public static async Task<string> TextAsync(string program, IEnumerable<string> arguments, byte[]? input = null)
        => Encoding.UTF8.GetString(await RunAsync(program, arguments, input));

    private static async Task FeedAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input; its exit code says whether that was right.
        }
    }
}
