namespace BaseImage.Engine.Packages;

/// <summary>Paths inside an archive, as Release and Packages files name them.</summary>
internal static class ArchivePath
{
    /// <summary>
    /// True for a path that stays under the archive's root on every system: relative, segments of printable ASCII
    /// without backslash, colon or the like, none of them empty, "." or "..".
    /// </summary>
    public static bool IsSafe(string path)
        => path.Length is > 0 and <= 1024 && path.Split('/').All(IsSafeSegment);

    private static bool IsSafeSegment(string segment)
        => segment.Length > 0 && segment is not ("." or "..")
            && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '+' or '~' or '@' or '%' or '=' or ',');
}
