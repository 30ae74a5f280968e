using System.Text;

namespace BaseImage.Engine.Auditing;

/// <summary>The files of one package and what they were when it was shipped.</summary>
/// <param name="Package">The package, without its architecture.</param>
/// <param name="Files">Absolute path and MD5 in lower-case hexadecimal digits.</param>
/// <param name="Conffiles">The paths of its configuration files, which may change.</param>
/// <param name="IsAssembled">True where the image was put together without dpkg (status.d).</param>
internal sealed record PackageFileList(string Package, IReadOnlyList<KeyValuePair<string, string>> Files, IReadOnlySet<string> Conffiles, bool IsAssembled);

/// <summary>
/// Reads the lists of packages' files: <c>/var/lib/dpkg/info/NAME.md5sums</c> (dpkg(1)) and
/// <c>/var/lib/dpkg/status.d/NAME.md5sums</c> (the layout that distroless images brought in).
/// </summary>
internal static class PackageFileLists
{
    private const string Ending = ".md5sums", Info = "/var/lib/dpkg/info/", Assembled = "/var/lib/dpkg/status.d/";
    private const int DigestLength = 32;

    /// <summary>Every list whose content was kept, in ordinal order of its path. Lines that are none are passed over.</summary>
    public static IReadOnlyList<PackageFileList> Read(FileFacts files)
    {
        List<PackageFileList> lists = [];
        foreach ((string path, ReadOnlyMemory<byte> content) in files.Contents)
        {
            bool isAssembled = path.StartsWith(Assembled, StringComparison.Ordinal);
            if (!path.EndsWith(Ending, StringComparison.Ordinal) || !(isAssembled || path.StartsWith(Info, StringComparison.Ordinal)))
            {
                continue;
            }

            string stem = path[..^Ending.Length], name = stem[(stem.LastIndexOf('/') + 1)..];
            int colon = name.IndexOf(':', StringComparison.Ordinal);
            lists.Add(new PackageFileList(colon < 0 ? name : name[..colon], [.. Entries(content)], Conffiles(files, stem + ".conffiles"), isAssembled));
        }

        return lists;
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(ReadOnlyMemory<byte> content)
    {
        foreach (string line in PathText.Lines(content))
        {
            // md5sum(1) starts a line with a backslash where it had to escape the name.
            bool escaped = line.StartsWith('\\');
            string text = escaped ? line[1..] : line;
            if (text.Length > DigestLength + 2 && text[DigestLength] == ' ' && text.AsSpan(0, DigestLength).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0)
            {
                string path = text[(DigestLength + 2)..];
                path = escaped ? path.Replace(@"\n", @"\x0a", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal) : path;
                path = path.StartsWith("./", StringComparison.Ordinal) ? path[1..] : path.StartsWith('/') ? path : "/" + path;
                yield return KeyValuePair.Create(path, text[..DigestLength].ToLowerInvariant());
            }
        }
    }

    private static HashSet<string> Conffiles(FileFacts files, string path)
        => new(Encoding.UTF8.GetString(files.Read(path).Span).Split('\n').Select(line => line.Trim()), StringComparer.Ordinal);
}
