using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.ContainerBuild.Context;

/// <summary>What of a folder is sent to a builder, and with which Dockerfile.</summary>
internal sealed class BuildContext
{
    /// <summary>What a Dockerfile is called in a context that does not hold it, or leaves it out. Normalising takes it out of images.</summary>
    internal const string StandIn = ".baseimage.Dockerfile";

    private readonly IReadOnlyList<ContextEntry> _entries;

    private BuildContext(IReadOnlyList<ContextEntry> entries, string dockerfile) => (_entries, Dockerfile) = (entries, dockerfile);

    /// <summary>The Dockerfile's path inside the context.</summary>
    public string Dockerfile { get; }

    /// <summary>What is sent, in order.</summary>
    public IReadOnlyList<ContextEntry> Entries => _entries;

    /// <summary>Looks at a folder.</summary>
    /// <param name="root">The folder, as a full path.</param>
    /// <param name="dockerfile">The Dockerfile, as a full path.</param>
    /// <param name="takesIgnoreFile">
    /// True of a builder that takes the Dockerfile and the ignore file out of the context again where the ignore file says so, which
    /// is Docker's classic one.
    /// </param>
    /// <param name="rereadsIgnoreFile">
    /// True of Podman's builder: it would apply the ignore file once more, by rules of its own, and refuses without a word a
    /// context with a link that leads out of it.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BuildContextInvalidException">It cannot be sent.</exception>
    public static async Task<BuildContext> OpenAsync(string root, string dockerfile, bool takesIgnoreFile, bool rereadsIgnoreFile, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
        {
            throw new PathNotFoundException(root, "Name the folder of the build context with -Context.");
        }

        IgnoreFile ignore = await IgnoreFile.FindAsync(root, dockerfile, cancellationToken).ConfigureAwait(false);
        string? inside = Inside(root, dockerfile);
        bool takesBack = takesIgnoreFile && ignore.Name is "" or ".dockerignore";
        HashSet<string> always = new(StringComparer.Ordinal);
        bool hidden = inside is null || (!takesBack && ignore.IsIgnored(inside));
        if (!hidden)
        {
            always.Add(inside!);
        }

        if (takesBack && ignore.Name.Length > 0)
        {
            always.Add(ignore.Name);
        }

        IReadOnlyList<ContextEntry> entries = await Task.Run(() => ContextWalk.List(root, ignore, always, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (rereadsIgnoreFile)
        {
            entries = [.. entries.Where(entry => entry.Name is not (".dockerignore" or ".containerignore"))];
            ContextEntry? outside = entries.FirstOrDefault(LeadsOut);
            if (outside is not null)
            {
                throw new BuildContextInvalidException(outside.Path, $"is a link to '{outside.Target}', out of the context, and Podman takes no context with such a link", "Leave it out with the ignore file, or let it lead to somewhere in the context.");
            }
        }

        return new BuildContext(entries, hidden ? StandIn : inside!);
    }

    /// <summary>Writes the tar: the same files give the same bytes, whatever their times, owners, umask and order were.</summary>
    /// <param name="cache">Where it waits.</param>
    /// <param name="dockerfile">The Dockerfile's bytes as they are sent.</param>
    /// <param name="epoch">When everything last changed.</param>
    /// <param name="order">Shuffles the order; null for that of the names.</param>
    /// <param name="reporter">Told how far it has come.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The tar, open at its start; it goes when it is closed.</returns>
    public async Task<FileStream> WriteAsync(ContentCache cache, byte[] dockerfile, long epoch, int? order, IReporter reporter, CancellationToken cancellationToken)
    {
        string path = cache.NewTemporaryPath();
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }

        try
        {
            await Task.Run(() => Write(new DiskFile(file, path), dockerfile, epoch, order, reporter, cancellationToken), cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Write(Stream target, byte[] dockerfile, long epoch, int? order, IReporter reporter, CancellationToken cancellationToken)
    {
        TarWriter tar = new(target);
        ContextEntry[] entries = [.. _entries];
        if (order is { } seed)
        {
            new Random(seed).Shuffle(entries);
        }

        if (Dockerfile == StandIn)
        {
            tar.Write(LayerEntry.File(StandIn, dockerfile.Length, modifiedTime: epoch), dockerfile);
        }

        long done = 0;
        foreach (ContextEntry entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reporter.Progress(new ProgressUpdate("Packing the build context", entry.Name, ++done, entries.Length));
            if (entry.Name == Dockerfile)
            {
                tar.Write((entry with { Size = dockerfile.Length }).ToLayerEntry(epoch), dockerfile);
            }
            else if (entry.Kind is FileKind.Regular)
            {
                WriteFile(tar, entry, epoch, cancellationToken);
            }
            else
            {
                tar.Write(entry.ToLayerEntry(epoch));
            }
        }

        tar.WriteEnd();
        target.Flush();
        reporter.Progress(new ProgressUpdate("Packing the build context", "", entries.Length, entries.Length, Completed: true));
    }

    private static void WriteFile(TarWriter tar, ContextEntry entry, long epoch, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream content = new(entry.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
            tar.Write(entry.ToLayerEntry(epoch), new StoppableStream(content, cancellationToken));
        }
        catch (InvalidDataException)
        {
            throw new ContentChangedException(entry.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildContextInvalidException(entry.Path, "cannot be read", "Leave it out with the ignore file, or give yourself the right to read it.", e);
        }
    }

    // As Podman judges: a relative link with more '..' than it lies deep; an absolute one is taken to lead to somewhere inside.
    private static bool LeadsOut(ContextEntry entry)
    {
        int depth = entry.Kind is FileKind.Link && !entry.Target.StartsWith('/') ? entry.Name.Count(c => c == '/') : int.MaxValue / 2;
        foreach (string part in entry.Target.Split('/'))
        {
            depth += part is "" or "." ? 0 : part == ".." ? -1 : 1;
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }

    // Null where the file lies outside of the folder.
    private static string? Inside(string root, string path)
    {
        string relative = Path.GetRelativePath(root, path);
        return relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    private sealed class StoppableStream(Stream inner, CancellationToken cancellationToken) : ReadOnlyForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return inner.Read(buffer);
        }
    }
}
