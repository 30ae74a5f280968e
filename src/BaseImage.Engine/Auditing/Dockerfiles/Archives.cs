namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>Names of files that say what the files are.</summary>
internal static class Archives
{
    private static readonly string[] Endings = [".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz", ".xz", ".zst", ".tzst"];

    /// <summary>True for an archive that ADD unpacks, by its name.</summary>
    public static bool IsArchive(string path) => Endings.Any(ending => Unquoted(path).EndsWith(ending, StringComparison.Ordinal));

    /// <summary>True for an address on the web.</summary>
    public static bool IsUrl(string path) => Unquoted(path) is { } plain && (plain.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || plain.StartsWith("http://", StringComparison.OrdinalIgnoreCase));

    /// <summary>True for a git repository, which ADD checks out.</summary>
    public static bool IsGit(string path) => Unquoted(path) is { } plain
        && (plain.StartsWith("git@", StringComparison.Ordinal) || plain.StartsWith("git://", StringComparison.Ordinal) || plain.StartsWith("ssh://", StringComparison.Ordinal) || (IsUrl(plain) && plain.Split('#', '?')[0].EndsWith(".git", StringComparison.Ordinal)));

    /// <summary>A word without quotes around it.</summary>
    public static string Unquoted(string word) => word.Trim('"', '\'');

    /// <summary>The last part of a path.</summary>
    public static string Name(string path) => Unquoted(path).TrimEnd('/', '\\') is { } plain ? plain[(plain.LastIndexOfAny(['/', '\\']) + 1)..] : "";

    /// <summary>True for a path from the root, on Linux or Windows, or one that a variable begins.</summary>
    public static bool IsAbsolute(string path) => Unquoted(path) is { Length: > 0 } plain && (plain[0] is '/' or '\\' or '$' || (plain.Length > 1 && char.IsAsciiLetter(plain[0]) && plain[1] == ':'));
}
