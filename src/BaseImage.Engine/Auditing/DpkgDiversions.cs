namespace BaseImage.Engine.Auditing;

/// <summary>Files that dpkg put elsewhere because another package, or the administrator, has their place (dpkg-divert(1)).</summary>
internal sealed class DpkgDiversions
{
    private readonly Dictionary<string, (string To, string By)> _byPath;

    // Tells of nearly every path that it is none of these, without a string.
    private readonly HashSet<int> _shapes;

    private DpkgDiversions(Dictionary<string, (string To, string By)> byPath) => (_byPath, _shapes) = (byPath, [.. byPath.Keys.Select(Shape)]);

    /// <summary>Reads <c>/var/lib/dpkg/diversions</c>: three lines each of place, other place, and the package that keeps the place.</summary>
    public static DpkgDiversions Read(FileFacts files)
    {
        string[] lines = [.. PathText.Lines(files.Read("/var/lib/dpkg/diversions"))];
        Dictionary<string, (string To, string By)> byPath = new(StringComparer.Ordinal);
        for (int i = 0; i + 2 < lines.Length; i += 3)
        {
            byPath[lines[i]] = (lines[i + 1], lines[i + 2]);
        }

        return new DpkgDiversions(byPath);
    }

    /// <summary>Where a package's file really lies.</summary>
    public ReadOnlySpan<char> Of(ReadOnlySpan<char> path, string package)
        => _shapes.Contains(Shape(path)) && _byPath.TryGetValue(path.ToString(), out (string To, string By) diversion) && diversion.By != package ? diversion.To : path;

    private static int Shape(string path) => Shape(path.AsSpan());

    private static int Shape(ReadOnlySpan<char> path) => path.Length << 16 | (path.IsEmpty ? 0 : path[^1]);
}
