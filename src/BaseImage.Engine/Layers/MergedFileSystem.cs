using System.Buffers;
using System.Security.Cryptography;
using BaseImage.Errors;

namespace BaseImage.Engine.Layers;

/// <summary>
/// The file system that layers make, applied in order. Whiteouts (<c>.wh.NAME</c>) and opaque markers
/// (<c>.wh..wh..opq</c>) hide what lower layers have and nothing of their own layer (OCI Image Specification 1.1,
/// layer.md, "Whiteouts"). Whatever is not a directory, or stands where one was or comes, replaces all that was there.
/// A parent that is a symbolic link is followed inside the root, as containerd and umoci do when they unpack. Memory grows
/// with the number of entries, not with content, which is hashed as it passes.
/// </summary>
internal sealed class MergedFileSystem
{
    private const int MaxLinks = 40; // as Linux
    private static readonly LayerEntry s_implicit = new() { Path = LayerPath.Root, Kind = ImageFileKind.Directory, Mode = 0x1ED };
    private readonly long _maxFiles;
    private readonly HashSet<MergedFile> _hidden = []; // what this layer has hidden the lower layers' part of; once is enough
    private long _files;

    /// <summary>Makes an empty file system.</summary>
    /// <param name="maxFiles">The most files of all layers together.</param>
    public MergedFileSystem(long maxFiles = 10_000_000)
    {
        _maxFiles = maxFiles;
        Root = new MergedFile(LayerPath.Root, s_implicit, 0, isImplicit: true, this);
    }

    private MergedFileSystem(MergedFileSystem lower) => (_maxFiles, _files, Root) = (lower._maxFiles, lower._files, lower.Root);

    /// <summary>The root directory.</summary>
    public MergedFile Root { get; private set; }

    /// <summary>
    /// A file system that starts as this one and shares all that further layers leave alone: applying one costs what the
    /// layer changes. This one must not be changed any more.
    /// </summary>
    public MergedFileSystem Fork() => new(this);

    /// <summary>Applies the next layer.</summary>
    /// <param name="entries">The layer's entries.</param>
    /// <param name="layer">Its number, from 0, higher than that of every layer applied before.</param>
    /// <param name="keepContent">Which files' content to keep; none if left out.</param>
    /// <param name="observe">Makes something that sees a file's content as it passes; null for files of no interest.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="TarInvalidException">An entry lies below a file, or links to what is not there.</exception>
    /// <exception cref="TarHostileException">Links among an entry's parents lead in circles.</exception>
    /// <exception cref="TarLimitException">More files than <c>maxFiles</c>.</exception>
    public void Apply(ITarEntries entries, int layer, Func<LayerEntry, bool>? keepContent = null, Func<LayerEntry, IContentObserver?>? observe = null, CancellationToken cancellation = default)
    {
        _hidden.Clear();
        while (entries.Next() is LayerEntry entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Path.IsRoot)
            {
                MergedFile root = Own(Root);
                (root.Entry, root.Layer, root.IsImplicit) = (entry, layer, false);
                continue;
            }
            MergedFile parent = Own(Parent(entry, layer, entries.SourceName));
            LayerPath name = entry.Path.Name;
            if (name.Span.StartsWith(".wh."u8))
            {
                Hide(parent, name, layer);
                continue;
            }
            MergedFile file = Put(parent, name, entry, layer, entries.SourceName);
            if (entry.Kind == ImageFileKind.File)
            {
                (file.Body.Layer, file.Body.EntryPath) = (layer, entry.Path);
            }
            if (entry.Kind == ImageFileKind.File && entries.Known is { } known)
            {
                (file.Body.Digest, file.Body.Content, file.Body.Known) = (known.Digest, known.Content, known);
                observe?.Invoke(entry)?.Completed(file);
            }
            else if (entry.Kind == ImageFileKind.File)
            {
                ReadContent(file, entry, entries.Content, keepContent, observe, cancellation);
            }
        }
    }

    /// <summary>The file at exactly that path, or null; no link is followed.</summary>
    public MergedFile? Find(LayerPath path)
    {
        MergedFile? file = Root;
        foreach (LayerPath name in path.Components())
        {
            file = file?.Child(name);
        }
        return file;
    }

    /// <summary>
    /// The file that the path leads to, links followed inside the root as the kernel would in a container (40 at most);
    /// null where it leads nowhere or in circles.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="followLast">False to give the link itself where the last component is one.</param>
    public MergedFile? Resolve(LayerPath path, bool followLast = true)
    {
        int links = 0;
        return Walk(Root, path.Bytes, followLast, ref links);
    }

    /// <summary>Everything but the root, parents before children, in byte order of names within each directory.</summary>
    public IEnumerable<MergedFile> Files()
    {
        Stack<IEnumerator<MergedFile>> stack = new();
        stack.Push(Root.Children.GetEnumerator());
        while (stack.TryPeek(out IEnumerator<MergedFile>? level))
        {
            if (!level.MoveNext())
            {
                stack.Pop().Dispose();
                continue;
            }
            MergedFile file = level.Current;
            yield return file;
            if (file.IsDirectory)
            {
                stack.Push(file.Children.GetEnumerator());
            }
        }
    }

    /// <summary>
    /// What differs from the file system that this one was forked off, the root aside: what was there and what is there
    /// now, each null where there is nothing.
    /// </summary>
    public IEnumerable<(MergedFile? Before, MergedFile? After)> Changes(MergedFileSystem lower)
    {
        Stack<(MergedFile? Before, MergedFile? After)> stack = new([(lower.Root, Root)]);
        while (stack.TryPop(out (MergedFile? Before, MergedFile? After) pair))
        {
            (MergedFile? before, MergedFile? after) = pair;
            if (ReferenceEquals(before, after))
            {
                continue;
            }
            bool isCopy = before is not null && after is not null && ReferenceEquals(before.Body, after.Body) && ReferenceEquals(before.Entry, after.Entry) && before.Layer == after.Layer && before.IsImplicit == after.IsImplicit;
            if (!isCopy && !ReferenceEquals(after, Root))
            {
                yield return pair;
            }
            foreach (MergedFile child in before?.Children ?? [])
            {
                stack.Push((child, after?.Child(child.Path.Name)));
            }
            foreach (MergedFile child in (after?.Children ?? []).Where(child => before?.Child(child.Path.Name) is null))
            {
                stack.Push((null, child));
            }
        }
    }

    private static void ReadContent(MergedFile file, LayerEntry entry, Stream content, Func<LayerEntry, bool>? keepContent, Func<LayerEntry, IContentObserver?>? observe, CancellationToken cancellation)
    {
        IContentObserver? observer = observe?.Invoke(entry);
        using MemoryStream? kept = keepContent?.Invoke(entry) == true ? new MemoryStream() : null;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; (read = content.Read(buffer, 0, buffer.Length)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                kept?.Write(buffer, 0, read);
                observer?.Write(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        file.Body.Digest = Digest.FromSha256(hash.GetHashAndReset());
        file.Body.Content = kept is null ? default(ReadOnlyMemory<byte>?) : kept.ToArray();
        observer?.Completed(file);
    }

    private MergedFile Put(MergedFile parent, LayerPath name, LayerEntry entry, int layer, string source)
    {
        MergedFile? before = parent.Child(name);
        if (before is { IsDirectory: true } && entry.Kind == ImageFileKind.Directory)
        {
            before = Own(before);
            (before.Entry, before.Layer, before.IsImplicit) = (entry, layer, false);
            return before;
        }
        LayerPath path = entry.Path.Parent == parent.Path ? entry.Path : parent.Path.Append(name);
        MergedFile file = entry.Kind == ImageFileKind.HardLink ? Linked(path, entry, layer, source) : new MergedFile(path, entry, layer, owner: this);
        if (before is not null)
        {
            Remove(parent, name);
        }
        Add(parent, file, source);
        return file;
    }

    private MergedFile Linked(LayerPath path, LayerEntry entry, int layer, string source)
    {
        int links = 0;
        MergedFile? target = Walk(Root, entry.HardLinkPath.Bytes, followLast: false, ref links);
        return target switch
        {
            null => throw new TarInvalidException(source, $"'./{entry.Path}' is a hard link to './{entry.HardLinkPath}', which does not exist"),
            { IsDirectory: true } => throw new TarInvalidException(source, $"'./{entry.Path}' is a hard link to the directory './{entry.HardLinkPath}'"),
            _ => new MergedFile(path, target.Entry with { Path = path }, layer, owner: this) { LinkedTo = target.Path, Body = target.Body },
        };
    }

    private void Add(MergedFile parent, MergedFile file, string source)
    {
        if (++_files > _maxFiles)
        {
            throw new TarLimitException(source, $"the layers have more than {_maxFiles} files");
        }
        parent.Add(file);
    }

    private void Remove(MergedFile parent, LayerPath name)
    {
        if (parent.Remove(name, out MergedFile? file))
        {
            _files -= Count(file);
        }
    }

    private static long Count(MergedFile top)
    {
        long count = 0;
        Stack<MergedFile> stack = new([top]);
        while (stack.TryPop(out MergedFile? file))
        {
            count++;
            foreach (MergedFile child in file.Children)
            {
                stack.Push(child);
            }
        }
        return count;
    }

    /// <summary>Hides what lower layers have: one name, or everything in the directory.</summary>
    private void Hide(MergedFile parent, LayerPath marker, int layer)
    {
        if (marker.Span.SequenceEqual(".wh..wh..opq"u8))
        {
            HideBelow(parent, layer);
            return;
        }
        // Names such as .wh..wh.plnk are aufs' own bookkeeping and hide nothing.
        if (!marker.Span.StartsWith(".wh..wh."u8) && LayerPath.TryCreate(marker.Bytes[4..], out LayerPath name) && parent.Child(name) is { } file)
        {
            HideFile(parent, name, file, layer);
        }
    }

    private void HideFile(MergedFile parent, LayerPath name, MergedFile file, int layer)
    {
        if (!_hidden.Contains(file) && file.Layer < layer && !HasOwn(file, layer))
        {
            Remove(parent, name);
            return;
        }
        HideBelow(file, layer);
    }

    private void HideBelow(MergedFile directory, int layer)
    {
        directory = Own(directory);
        if (!_hidden.Add(directory))
        {
            return;
        }
        Stack<MergedFile> stack = new([directory]);
        while (stack.TryPop(out MergedFile? file))
        {
            foreach (MergedFile child in file.Children)
            {
                if (child.Layer < layer && !HasOwn(child, layer))
                {
                    Remove(file, child.Path.Name);
                }
                else
                {
                    stack.Push(Own(child));
                }
            }
        }
    }

    /// <summary>True where the layer has put something below, so that the directory stays.</summary>
    private static bool HasOwn(MergedFile top, int layer)
    {
        Stack<MergedFile> stack = new([top]);
        while (stack.TryPop(out MergedFile? file))
        {
            foreach (MergedFile child in file.Children)
            {
                if (child.Layer >= layer)
                {
                    return true;
                }
                stack.Push(child);
            }
        }
        return false;
    }

    /// <summary>The directory that an entry goes into; missing ones are made.</summary>
    private MergedFile Parent(LayerEntry entry, int layer, string source)
    {
        MergedFile directory = Root;
        foreach (LayerPath name in entry.Path.Parent.Components())
        {
            MergedFile? next = directory.Child(name);
            if (next is null)
            {
                LayerPath path = directory.Path.Append(name);
                directory = Own(directory);
                next = new MergedFile(path, s_implicit with { Path = path }, layer, isImplicit: true, this);
                Add(directory, next, source);
            }
            if (next.Entry.Kind == ImageFileKind.SymbolicLink)
            {
                int links = 0;
                next = Walk(Root, next.Path.Bytes, followLast: true, ref links)
                    ?? throw new TarHostileException(source, $"'./{entry.Path}' lies below the symbolic link './{next.Path}', which leads nowhere or in circles");
            }
            directory = next.IsDirectory ? next : throw new TarInvalidException(source, $"'./{entry.Path}' lies below './{next.Path}', which is no directory");
        }
        return directory;
    }

    /// <summary>Walks a raw path from a directory; ".." at the root stays there, as for a process in a container.</summary>
    private MergedFile? Walk(MergedFile from, ReadOnlyMemory<byte> path, bool followLast, ref int links)
    {
        MergedFile current = path.Length > 0 && path.Span[0] == '/' ? Root : from;
        while (!path.IsEmpty)
        {
            int slash = path.Span.IndexOf((byte)'/');
            ReadOnlyMemory<byte> part = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            if (part.IsEmpty || part.Span.SequenceEqual("."u8))
            {
                continue;
            }
            if (part.Span.SequenceEqual(".."u8))
            {
                current = Find(current.Path.Parent)!;
                continue;
            }
            if (!LayerPath.TryCreate(part, out LayerPath name) || current.Child(name) is not { } next)
            {
                return null;
            }
            if (next.Entry.Kind == ImageFileKind.SymbolicLink && (followLast || path.Span.IndexOfAnyExcept((byte)'/') >= 0))
            {
                if (++links > MaxLinks || Walk(current, next.Entry.LinkTarget, followLast: true, ref links) is not MergedFile target)
                {
                    return null;
                }
                next = target;
            }
            current = next;
        }
        return current;
    }

    // What a lower file system shares is copied before it changes, with the folders that lead there.
    private MergedFile Own(MergedFile file)
    {
        if (file.IsOwnedBy(this))
        {
            return file;
        }
        if (!Root.IsOwnedBy(this))
        {
            Root = Root.CopyFor(this);
        }
        MergedFile current = Root;
        foreach (LayerPath name in file.Path.Components())
        {
            MergedFile next = current.Child(name)!;
            if (!next.IsOwnedBy(this))
            {
                next = next.CopyFor(this);
                current.Add(next);
            }
            current = next;
        }
        return current;
    }
}
