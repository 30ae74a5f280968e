using System.Text;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing;

/// <summary>The files of one package and what they were when it was shipped.</summary>
/// <param name="Package">The package, without its architecture.</param>
/// <param name="Content">The list as it lies in the image.</param>
/// <param name="ConffilesPath">Where its list of configuration files is, which may change.</param>
/// <param name="IsAssembled">True where the image was put together without dpkg (status.d).</param>
internal sealed record PackageFileList(string Package, ReadOnlyMemory<byte> Content, string ConffilesPath, bool IsAssembled)
{
    /// <summary>Reads the list from its start. Lines that are none are passed over.</summary>
    public PackageFileCursor Read(char[] buffer) => new(Content.Span, buffer);
}

/// <summary>
/// Reads the lists of packages' files: <c>/var/lib/dpkg/info/NAME.md5sums</c> (dpkg(1)) and
/// <c>/var/lib/dpkg/status.d/NAME.md5sums</c> (the layout that distroless images brought in).
/// </summary>
internal static class PackageFileLists
{
    private const string Ending = ".md5sums", Info = "/var/lib/dpkg/info/", Assembled = "/var/lib/dpkg/status.d/";

    /// <summary>Every list whose content was kept, in ordinal order of its path.</summary>
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
            lists.Add(new PackageFileList(colon < 0 ? name : name[..colon], content, stem + ".conffiles", isAssembled));
        }

        return lists;
    }

    /// <summary>The configuration files of a package, absolute.</summary>
    public static HashSet<string> Conffiles(FileFacts files, PackageFileList list)
        => new(Encoding.UTF8.GetString(files.Read(list.ConffilesPath).Span).Split('\n').Select(line => line.Trim()), StringComparer.Ordinal);
}

/// <summary>A place in a list of a package's files. A large image has a hundred thousand lines: none becomes a string before somebody needs one.</summary>
/// <param name="content">What is left of the list.</param>
/// <param name="buffer">Where paths are written, the next one over the one before.</param>
internal ref struct PackageFileCursor(ReadOnlySpan<byte> content, char[] buffer)
{
    private const int DigestLength = 2 * Md5Sum.Length, PathStart = DigestLength + 2;

    private ReadOnlySpan<byte> _rest = content;

    /// <summary>The absolute path, as <see cref="ImageFile.Path"/> writes paths.</summary>
    public ReadOnlySpan<char> Path { get; private set; }

    /// <summary>The MD5 of what the package shipped.</summary>
    public Md5Sum Md5 { get; private set; }

    /// <summary>Goes to the next file; false behind the last.</summary>
    public bool Next()
    {
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];

            // md5sum(1) starts a line with a backslash where it had to escape the name.
            bool isEscaped = line.Length > 0 && line[0] == '\\';
            ReadOnlySpan<byte> text = isEscaped ? line[1..] : line;
            if (text.Length > PathStart && text[DigestLength] == ' ' && Md5Sum.TryParse(text[..DigestLength], out Md5Sum md5))
            {
                Md5 = md5;
                Path = isEscaped || text.Length >= buffer.Length || text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0 ? Absolute(LayerText.Escape(text)[PathStart..], isEscaped) : Absolute(text[PathStart..]);
                return true;
            }
        }

        return false;
    }

    private readonly ReadOnlySpan<char> Absolute(ReadOnlySpan<byte> name)
    {
        name = name.StartsWith("./"u8) ? name[2..] : name[0] == '/' ? name[1..] : name;
        buffer[0] = '/';
        return buffer.AsSpan(0, 1 + Encoding.ASCII.GetChars(name, buffer.AsSpan(1)));
    }

    private static string Absolute(string path, bool isEscaped)
    {
        path = isEscaped ? path.Replace(@"\n", @"\x0a", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal) : path;
        return path.StartsWith("./", StringComparison.Ordinal) ? path[1..] : path.StartsWith('/') ? path : "/" + path;
    }
}
