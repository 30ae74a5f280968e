using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection;

/// <summary>Says which files' content stays in memory, and bounds it.</summary>
internal sealed class KeptFiles(Func<LayerEntry, bool> more)
{
    private const long MaxDatabaseBytes = 64L << 20, MaxOtherBytes = 1L << 20, MaxTotalBytes = 512L << 20;

    private long _total;

    /// <summary>True of package databases and lists of their files, and of what the caller asks for.</summary>
    internal bool IsWanted(LayerEntry entry)
    {
        bool database = IsDatabase(entry.Path.ToString());
        if (!database && (entry.Size > MaxOtherBytes || !more(entry)))
        {
            return false;
        }

        _total += entry.Size;
        return entry.Size <= MaxDatabaseBytes && _total <= MaxTotalBytes ? true
            : throw new ImageLimitExceededException("/" + entry.Path, $"package databases of more than {(entry.Size > MaxDatabaseBytes ? MaxDatabaseBytes : MaxTotalBytes)} bytes are not read");
    }

    /// <summary>True of package databases and lists of their files (paths without a leading slash).</summary>
    internal static bool IsDatabase(string path)
        => path is PackageDatabase.DpkgStatus or ApkDatabase.Path or ApkDatabase.UsrPath
            || path.StartsWith(PackageDatabase.DpkgStatusFolder, StringComparison.Ordinal)
            || (path.StartsWith(PackageDatabase.DpkgInfo, StringComparison.Ordinal)
                && (path.EndsWith(".list", StringComparison.Ordinal) || path.EndsWith(".md5sums", StringComparison.Ordinal) || path.EndsWith(".conffiles", StringComparison.Ordinal)))
            || path == "var/lib/dpkg/diversions";
}
