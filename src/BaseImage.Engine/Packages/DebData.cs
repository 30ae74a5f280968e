using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// A .deb's files. Beside what <see cref="TarRules.Package"/> refuses: a path twice (but for directories), which would
/// leave it to the reader which one counts; a path below something that the package itself makes no directory, which
/// would land elsewhere on a system that follows the link; a hard link to what the package has not shipped before.
/// </summary>
internal sealed class DebData : ITarEntries
{
    private readonly TarReader _tar;
    private readonly Action _atEnd;
    private readonly Dictionary<LayerPath, ImageFileKind> _seen = [];

    internal DebData(TarReader tar, Action atEnd) => (_tar, _atEnd) = (tar, atEnd);

    /// <inheritdoc/>
    public string SourceName => _tar.SourceName;

    /// <inheritdoc/>
    public Stream Content => _tar.Content;

    /// <summary>The next entry; after the last one the rest of the package file is checked as well.</summary>
    public LayerEntry? Next()
    {
        if (_tar.Next() is not LayerEntry entry)
        {
            _atEnd();
            return null;
        }
        CheckParents(entry.Path);
        if (_seen.TryGetValue(entry.Path, out ImageFileKind before) && (before != ImageFileKind.Directory || entry.Kind != ImageFileKind.Directory))
        {
            throw new TarHostileException(SourceName, $"'./{entry.Path}' is in the package twice");
        }
        if (entry.Kind == ImageFileKind.HardLink && (!_seen.TryGetValue(entry.HardLinkPath, out ImageFileKind target) || target == ImageFileKind.Directory))
        {
            throw new TarHostileException(SourceName, $"'./{entry.Path}' is a hard link to './{entry.HardLinkPath}', which the package has not shipped before");
        }
        _seen[entry.Path] = entry.Kind;
        return entry;
    }

    private void CheckParents(LayerPath path)
    {
        for (LayerPath parent = path.Parent; !parent.IsRoot; parent = parent.Parent)
        {
            if (_seen.TryGetValue(parent, out ImageFileKind kind))
            {
                if (kind == ImageFileKind.Directory)
                {
                    return; // whose own parents were checked when it came
                }
                throw new TarHostileException(SourceName, $"'./{path}' lies below './{parent}', which the package makes no directory");
            }
        }
    }
}
