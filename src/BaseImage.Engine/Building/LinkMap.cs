using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>
/// Directories that are links in the image to be, and where paths below them really lie. Links are followed inside the
/// image's root, as the kernel does after chroot: an absolute target starts at the root and <c>..</c> stops there.
/// </summary>
internal sealed class LinkMap
{
    // The kernel's own limit (path_resolution(7)).
    private const int MaxHops = 40;

    private readonly Dictionary<LayerPath, ReadOnlyMemory<byte>> _links = [];
    private readonly Dictionary<LayerPath, LayerPath> _directories = [];

    /// <summary>Adds a link, or replaces its target; true where that changed something.</summary>
    public bool Set(LayerPath path, ReadOnlyMemory<byte> target)
    {
        if (_links.TryGetValue(path, out ReadOnlyMemory<byte> known) && known.Span.SequenceEqual(target.Span))
        {
            return false;
        }

        _links[path] = target;
        _directories.Clear();
        return true;
    }

    /// <summary>True where the path is a link to a directory.</summary>
    public bool Contains(LayerPath path) => _links.ContainsKey(path);

    /// <summary>Where an entry of that path lies: the links above it are followed, and it itself is not.</summary>
    public LayerPath ResolveParent(LayerPath path) => path.IsRoot ? path : ResolveDirectory(path.Parent).Append(path.Name);

    /// <summary>Where a directory of that path lies: itself, too, is followed.</summary>
    public LayerPath ResolveDirectory(LayerPath path)
    {
        if (path.IsRoot || _links.Count == 0)
        {
            return path;
        }

        if (!_directories.TryGetValue(path, out LayerPath resolved))
        {
            resolved = Walk(default, path.Span, path);
            _directories.Add(path, resolved);
        }

        return resolved;
    }

    /// <summary>Where a link at that (resolved) path leads.</summary>
    public LayerPath ResolveTarget(LayerPath link, ReadOnlySpan<byte> target)
        => Walk(target.StartsWith("/"u8) ? default : link.Parent, target, link);

    private LayerPath Walk(LayerPath start, ReadOnlySpan<byte> path, LayerPath origin)
    {
        LayerPath current = start;
        Stack<byte[]> pending = new();
        Push(pending, path);
        int hops = 0;
        while (pending.TryPop(out byte[]? name))
        {
            if (name.AsSpan().SequenceEqual(".."u8))
            {
                current = current.Parent;
                continue;
            }

            LayerPath next = current.Append(LayerPath.FromUtf8(name));
            if (!_links.TryGetValue(next, out ReadOnlyMemory<byte> target))
            {
                current = next;
                continue;
            }

            if (++hops > MaxHops)
            {
                throw new LinkLoopException(origin.ToString());
            }

            if (target.Span.StartsWith("/"u8))
            {
                current = default;
            }

            Push(pending, target.Span);
        }

        return current;
    }

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        int end = path.Length;
        while (end > 0)
        {
            int start = path[..end].LastIndexOf((byte)'/') + 1;
            ReadOnlySpan<byte> name = path[start..end];
            if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                pending.Push(name.ToArray());
            }

            end = start - 1;
        }
    }
}
