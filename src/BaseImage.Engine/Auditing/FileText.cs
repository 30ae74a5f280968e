using System.Text;

namespace BaseImage.Engine.Auditing;

/// <summary>Small questions about paths and kept contents.</summary>
internal static class FileText
{
    private const int MaximumLines = 20_000;

    /// <summary>The last component of a path.</summary>
    public static string Name(ImageFile file) => file.Path[(file.Path.LastIndexOf('/') + 1)..];

    /// <summary>The path of the folder that a file lies in; empty for the root.</summary>
    public static string Folder(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    /// <summary>True for a path below a folder.</summary>
    public static bool IsBelow(string path, string folder) => path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal);

    /// <summary>True for a regular file, under whichever of its names.</summary>
    public static bool IsRegular(ImageFile file) => file.Kind is ImageFileKind.File or ImageFileKind.HardLink;

    /// <summary>True where any executable bit is set.</summary>
    public static bool IsExecutable(ImageFile file) => IsRegular(file) && (file.Mode & 0x49) != 0;

    /// <summary>True where programs, libraries or settings of the system lie.</summary>
    public static bool IsShippedFolder(string path) => path.StartsWith("/usr/share/", StringComparison.Ordinal) || path.StartsWith("/usr/lib/", StringComparison.Ordinal) || path.StartsWith("/usr/include/", StringComparison.Ordinal) || path.StartsWith("/lib/", StringComparison.Ordinal)
        || path.Contains("/node_modules/", StringComparison.Ordinal) || path.Contains("/vendor/", StringComparison.Ordinal) || path.Contains("/site-packages/", StringComparison.Ordinal) || path.Contains("/dist-packages/", StringComparison.Ordinal) || path.Contains("/gems/", StringComparison.Ordinal);

    /// <summary>True where libraries keep what they test and document themselves with.</summary>
    public static bool IsForTests(string path) => Tests.Any(place => path.Contains(place, StringComparison.OrdinalIgnoreCase));

    /// <summary>The lines of a kept content that say something: trimmed, with their numbers, without empty ones and comments.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">Where it is, links followed.</param>
    /// <param name="comments">What comments begin with.</param>
    public static IEnumerable<(int Number, string Text)> Lines(FileFacts files, string path, string comments = "#")
    {
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(files.Read(path).Span).Split('\n').Take(MaximumLines))
        {
            number++;
            string text = line.Trim();
            if (text.Length > 0 && !comments.Contains(text[0], StringComparison.Ordinal))
            {
                yield return (number, text);
            }
        }
    }

    private static readonly string[] Tests = ["/test/", "/tests/", "/testdata/", "/test-data/", "/__tests__/", "/fixtures/", "/testing/", "/examples/", "/example/", "/usr/share/doc/", "/certdata/", "/samples/"];
}
