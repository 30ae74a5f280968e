using System.Globalization;
using System.Runtime.InteropServices;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>
/// Starts programs, and all that they start, on a host clock that is ahead. What was tried on dockerd 20.10: <c>faketime</c>
/// changes nothing (Go asks the kernel, not the C library, and /info has the machine's time), nor could a time namespace, which
/// moves monotonic clocks alone (time_namespaces(7)). What reaches dockerd, containerd, runc, Podman and every process in their
/// containers, the static ones too, is <c>otherclock.c</c> beside this file; it says how.
/// </summary>
internal static class OtherClock
{
    private static readonly Lazy<Task<string>> s_program = new(CompileAsync);
    private static readonly TempFolder s_folder = new("otherclock");

    /// <summary>What stands before a program and its arguments.</summary>
    /// <param name="ahead">By how much its clock is ahead of this machine's.</param>
    public static async Task<IReadOnlyList<string>> BeforeAsync(TimeSpan ahead) => [await s_program.Value, ((long)ahead.TotalSeconds).ToString(CultureInfo.InvariantCulture)];

    private static async Task<string> CompileAsync()
    {
        Tools.Require(RuntimeInformation.OSArchitecture == Architecture.X64, "another clock is had on amd64");
        string program = s_folder.Combine("otherclock");
        await Tools.RunAsync(Tools.Require("gcc"), ["-O2", "-o", program, Path.Combine(Tools.Root(), "tests", "BaseImage.Engine.Tests", "Engines", "otherclock.c")]);
        return program;
    }
}
