using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>Patterns over paths; one that names a directory takes everything below it with it.</summary>
internal sealed class PathSet
{
    private readonly PathGlob[] _patterns;
    private readonly Dictionary<LayerPath, bool> _directories = [];

    /// <summary>Makes a set.</summary>
    /// <exception cref="ArgumentException">A pattern cannot be read.</exception>
    public PathSet(params IEnumerable<string> patterns) => _patterns = [.. patterns.Select(PathGlob.Parse)];

    /// <summary>True where it has no pattern.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>True where the path, or a directory above it, matches.</summary>
    public bool Has(LayerPath path) => _patterns.Length > 0 && !path.IsRoot && (Matches(path) || HasDirectory(path.Parent));

    private bool HasDirectory(LayerPath path)
    {
        if (path.IsRoot)
        {
            return false;
        }

        if (!_directories.TryGetValue(path, out bool has))
        {
            _directories[path] = has = Matches(path) || HasDirectory(path.Parent);
        }

        return has;
    }

    private bool Matches(LayerPath path) => Array.Exists(_patterns, pattern => pattern.IsMatch(path));
}
