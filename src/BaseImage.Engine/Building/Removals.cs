using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// What of a package does not come into the image: documentation, manuals and what only Debian's own tools read, and
/// what the definition names. A pattern that names a directory takes everything below it with it. Licences stay whatever
/// a pattern says: to hand an image on without them would break them.
/// </summary>
internal sealed class Removals
{
    private static readonly PathGlob[] Kept = Parse(
        "/usr/share/doc/*/copyright", "/usr/share/doc/*/copyright.*", "/usr/share/common-licenses/**");

    private readonly PathGlob[] _patterns;
    private readonly Dictionary<LayerPath, bool> _directories = [];

    /// <summary>The defaults and some more.</summary>
    /// <exception cref="ArgumentException">A pattern cannot be read.</exception>
    public Removals(IEnumerable<string> more) => _patterns = [.. Parse([.. Defaults]), .. more.Select(PathGlob.Parse)];

    /// <summary>The patterns that hold for every image.</summary>
    public static IReadOnlyList<string> Defaults { get; } =
    [
        "/usr/share/doc/*/**",
        "/usr/share/doc-base/**",
        "/usr/share/man/**",
        "/usr/share/info/**",
        "/usr/share/groff/**",
        "/usr/share/lintian/**",
        "/usr/share/linda/**",
        "/usr/share/bug/**",
        "/usr/share/reportbug/**",
        "/var/cache/apt/**",
        "/var/cache/debconf/**",
        "/var/cache/ldconfig",
        "/var/cache/man/**",
        "/var/lib/apt/lists/**",
    ];

    /// <summary>True where a path that is not a directory goes.</summary>
    public bool IsRemoved(LayerPath path)
        => (_patterns.Any(pattern => pattern.IsMatch(path)) || IsDirectoryRemoved(path.Parent)) && !Kept.Any(pattern => pattern.IsMatch(path));

    /// <summary>True where a directory goes, unless something below it stays.</summary>
    public bool IsDirectoryRemoved(LayerPath path)
    {
        if (path.IsRoot)
        {
            return false;
        }

        if (!_directories.TryGetValue(path, out bool removed))
        {
            removed = _patterns.Any(pattern => pattern.IsMatch(path)) || IsDirectoryRemoved(path.Parent);
            _directories.Add(path, removed);
        }

        return removed;
    }

    private static PathGlob[] Parse(params string[] patterns) => patterns.Select(PathGlob.Parse).ToArray();
}
