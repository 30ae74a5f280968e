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
    public Removals(IEnumerable<string> more)
        : this([.. Parse([.. Defaults]), .. more.Select(PathGlob.Parse)])
    {
    }

    private Removals(PathGlob[] patterns) => _patterns = patterns;

    /// <summary>These and no defaults.</summary>
    /// <exception cref="ArgumentException">A pattern cannot be read.</exception>
    public static Removals Only(IEnumerable<string> patterns) => new([.. patterns.Select(PathGlob.Parse)]);

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

    /// <summary>True where a directory goes with all that is in it: nothing in it can be one of the licences that stay.</summary>
    public bool IsWholeDirectoryRemoved(LayerPath path)
        => IsDirectoryRemoved(path) && !Licences.Any(licences => licences == path || licences.IsBelow(path) || path.IsBelow(licences));

    private static readonly LayerPath[] Licences = [LayerPath.FromUtf8("usr/share/doc"), LayerPath.FromUtf8("usr/share/common-licenses")];

    private static PathGlob[] Parse(params string[] patterns) => patterns.Select(PathGlob.Parse).ToArray();
}
