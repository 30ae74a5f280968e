using System.Text.RegularExpressions;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// What pythonX.Y-minimal's postinst does on a new system beside compiling modules: the directory in which modules that no
/// package brought are looked for. Compiled modules are left out: they hold times, and a container's root is read-only.
/// Source: python3.11 3.11.2-6 and python3.13 3.13.5-2.
/// </summary>
internal static partial class PythonScript
{
    /// <summary>Does it for each such package in the image.</summary>
    public static void Run(ImageTree tree)
    {
        foreach ((string name, _) in tree.Packages)
        {
            if (Minimal().Match(name) is { Success: true } match)
            {
                tree.AddDirectory($"usr/local/lib/{match.Groups[1].Value}/dist-packages");
            }
        }
    }

    [GeneratedRegex(@"^(python3\.[0-9]{1,3})-minimal$", RegexOptions.CultureInvariant)]
    private static partial Regex Minimal();
}
