using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>
/// The files of a layout in a folder. Links are followed only where they stay inside the folder, and only plain files
/// are opened, so that a layout from a stranger cannot make us read elsewhere or wait on a pipe.
/// </summary>
internal sealed class LayoutFolder : ILayoutFiles
{
    private readonly string _root;
    private readonly string _realRoot;

    /// <summary>Opens a folder by its full path.</summary>
    internal LayoutFolder(string root)
    {
        _root = Path.TrimEndingDirectorySeparator(root);
        _realRoot = RealPath(_root) ?? _root;
    }

    /// <inheritdoc/>
    public string Describe(string name) => Path.Combine([_root, .. name.Split('/')]);

    /// <inheritdoc/>
    public ValueTask<LayoutFile?> TryOpenAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string path = Describe(name);
        try
        {
            if (!File.Exists(path))
            {
                return ValueTask.FromResult<LayoutFile?>(null);
            }

            string real = RealPath(path) ?? path;
            if (!real.StartsWith(_realRoot + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new ImageStorageException(path, "is a link that leaves the layout", "Copy the layout with its links followed, as with: cp -rL.");
            }

            // A pipe or device has no length, and opening it would wait for ever.
            long length = new FileInfo(real).Length;
            Stream content = length == 0 ? new MemoryStream([], writable: false)
                : new FileStream(real, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return ValueTask.FromResult<LayoutFile?>(new LayoutFile(content, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageStorageException(path, $"cannot be read: {e.Message}", "Check that the file exists and that you may read it.", e);
        }
    }

    /// <summary>Blobs of SHA-256 with at most so many bytes, by their digests' order; no more than so many.</summary>
    internal IReadOnlyList<(Digest Digest, long Size)> SmallBlobs(int limit, int count)
    {
        DirectoryInfo folder = new(Describe("blobs/sha256"));
        try
        {
            return !folder.Exists ? [] : [.. folder.EnumerateFiles()
                .Where(file => file.Length > 0 && file.Length <= limit && Digest.TryParse("sha256:" + file.Name, out _))
                .OrderBy(file => file.Name, StringComparer.Ordinal).Take(count)
                .Select(file => (Digest.FromSha256Hex(file.Name), file.Length))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageStorageException(folder.FullName, $"cannot be read: {e.Message}", "Check that the folder exists and that you may read it.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // .NET resolves the last name of a path only; every folder above it may be a link too.
    private static string? RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full) ?? "";
        int links = 0;
        Stack<string> rest = new(Enumerable.Reverse(full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)));
        while (rest.TryPop(out string? name))
        {
            string next = name == ".." ? Path.GetDirectoryName(real) ?? real : Path.Combine(real, name);
            string? target = name == ".." ? null : new FileInfo(next).LinkTarget;
            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > 40)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target) ?? "";
                target = target[real.Length..];
            }

            foreach (string part in Enumerable.Reverse(target.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)))
            {
                if (part != ".")
                {
                    rest.Push(part);
                }
            }
        }

        return real;
    }
}
