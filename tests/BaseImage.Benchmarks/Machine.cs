using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace BaseImage.Benchmarks;

/// <summary>What a ratio needs beside it: the file system, the processors, the runtime and what else was going on.</summary>
internal static class Machine
{
    internal static JsonObject Describe(string folder) => new()
    {
        ["fileSystem"] = FileSystem(folder),
        ["processors"] = Environment.ProcessorCount,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.OSDescription,
        ["load"] = Load(),
        ["time"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    /// <summary>Type and mount point of the file system that a folder is on, from /proc/mounts.</summary>
    internal static string FileSystem(string folder)
    {
        string best = "unknown", at = "";
        foreach (string[] mount in File.Exists("/proc/mounts") ? File.ReadLines("/proc/mounts").Select(line => line.Split(' ')) : [])
        {
            string point = mount[1].TrimEnd('/');
            if (mount.Length > 2 && (folder == point || folder.StartsWith(point + "/", StringComparison.Ordinal)) && point.Length >= at.Length)
            {
                (best, at) = ($"{mount[2]} on {mount[1]}", point);
            }
        }

        return best;
    }

    /// <summary>The load average of the last minute.</summary>
    internal static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
