namespace BaseImage.Engine.Auditing;

/// <summary>Files that dpkg put elsewhere because another package, or the administrator, has their place (dpkg-divert(1)).</summary>
internal sealed class DpkgDiversions
{
    private readonly Dictionary<string, (string To, string By)> _byPath;

    private DpkgDiversions(Dictionary<string, (string To, string By)> byPath) => _byPath = byPath;

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
    public string Of(string path, string package) => _byPath.TryGetValue(path, out (string To, string By) diversion) && diversion.By != package ? diversion.To : path;
}
