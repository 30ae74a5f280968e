using System.Globalization;
using System.Security;

namespace BaseImage.Cmdlets;

/// <summary>
/// The engine as it was compiled for one very build of .NET (<c>module/bin/tuned</c>): it starts faster there, and would end
/// the process anywhere else. So it is taken only where every file that it was made of is still there as it was, this
/// process's own core library first of all.
/// </summary>
internal static class TunedEngine
{
    /// <summary>The folder of the tuned assemblies, or null where they are not for this process.</summary>
    /// <param name="modulePath">The folder of the module's own assemblies, <c>module/bin</c>.</param>
    /// <param name="coreLibrary">The path of the core library that this process runs on.</param>
    internal static string? Find(string modulePath, string coreLibrary)
    {
        string folder = Path.Combine(modulePath, "tuned"), list = Path.Combine(folder, "made-of.txt");
        try
        {
            string[] lines = File.Exists(list) ? File.ReadAllLines(list) : [];
            return lines.Length > 1 && PathOf(lines[0], folder) == coreLibrary && Array.TrueForAll(lines, line => IsAsItWas(line, folder)) ? folder : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            return null;
        }
    }

    // A line: the time of its last change in ticks, a space, its path.
    private static bool IsAsItWas(string line, string folder)
        => PathOf(line, folder) is { } path && File.Exists(path)
            && File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture) == line[..line.IndexOf(' ', StringComparison.Ordinal)];

    private static string? PathOf(string line, string folder)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? null : Path.GetFullPath(Path.Combine(folder, line[(space + 1)..]));
    }
}
