using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild.Context;

/// <summary>
/// Lists what of a folder is sent to a builder. No link is followed, so that nothing outside of the folder gets in; nothing
/// is opened. The order is that of the names' bytes, whatever the file system's is.
/// </summary>
internal static class ContextWalk
{
    private const int MaxEntries = 1_000_000;
    private const int MaxDepth = 256;

    /// <summary>Lists a context.</summary>
    /// <param name="root">The folder, as a full path.</param>
    /// <param name="ignore">What is left out.</param>
    /// <param name="always">Paths that are sent though they be left out: the Dockerfile and the ignore file, which builders read there.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BuildContextInvalidException">Something cannot be sent.</exception>
    public static IReadOnlyList<ContextEntry> List(string root, IgnoreFile ignore, IReadOnlySet<string> always, CancellationToken cancellationToken)
    {
        List<ContextEntry> found = [];
        Walk(new DirectoryInfo(root), "", [], 0);
        found.Sort((a, b) => LayerPath.FromUtf8(a.Name).CompareTo(LayerPath.FromUtf8(b.Name)));
        return found;

        void Walk(DirectoryInfo folder, string prefix, IReadOnlyList<bool> parent, int depth)
        {
            if (depth > MaxDepth)
            {
                throw new BuildContextInvalidException(folder.FullName, $"lies deeper than {MaxDepth} folders", "Leave it out with the ignore file.");
            }

            foreach (FileSystemInfo item in Items(folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                string name = prefix + item.Name;
                bool ignored = ignore.IsIgnored(name, parent, out IReadOnlyList<bool> state) && !always.Contains(name);
                FileKind kind = ignored && item is not DirectoryInfo ? FileKind.Regular : KindOf(item);
                if (ignored && (kind is not FileKind.Directory || !(ignore.MayReturnBelow(name) || always.Any(path => path.StartsWith(name + "/", StringComparison.Ordinal)))))
                {
                    continue;
                }

                int before = found.Count;
                if (kind is FileKind.Directory)
                {
                    Walk((DirectoryInfo)item, name + "/", state, depth + 1);
                }

                // A folder that is left out comes with what returned of it.
                if ((!ignored || found.Count > before) && Entry(item, name, kind) is { } entry)
                {
                    found.Add(entry);
                    if (found.Count > MaxEntries)
                    {
                        throw new BuildContextInvalidException(root, $"has more than {MaxEntries} files and folders", "Name a smaller folder with -Context, or leave folders out with the ignore file.");
                    }
                }
            }
        }
    }

    private static FileSystemInfo[] Items(DirectoryInfo folder)
    {
        try
        {
            return folder.GetFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple });
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BuildContextInvalidException(folder.FullName, "cannot be listed", "Leave it out with the ignore file, or give yourself the right to read it.", e);
        }
    }

    private static FileKind KindOf(FileSystemInfo item)
    {
        // A name of bytes that are no text cannot be opened by this runtime, and would be sent as another.
        if (item.Name.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(item.FullName))
        {
            throw new BuildContextInvalidException(LayerText.Escape(Encoding.UTF8.GetBytes(item.FullName)), "has a name that is no UTF-8", "Rename it, or leave its folder out with the ignore file.");
        }

        try
        {
            return FileKinds.Of(item.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildContextInvalidException(item.FullName, "cannot be looked at", "Leave it out with the ignore file, or give yourself the right to read it.", e);
        }
    }

    private static ContextEntry? Entry(FileSystemInfo item, string name, FileKind kind) => kind switch
    {
        FileKind.Directory => new ContextEntry(name, item.FullName, kind, false, 0, ""),
        FileKind.Link => new ContextEntry(name, item.FullName, kind, false, 0, item.LinkTarget is { Length: > 0 } target ? OperatingSystem.IsWindows() ? target.Replace('\\', '/') : target
            : throw new BuildContextInvalidException(item.FullName, "is a link that leads nowhere that can be told", "Leave it out with the ignore file.")),
        FileKind.Regular => new ContextEntry(name, item.FullName, kind, !OperatingSystem.IsWindows() && item.UnixFileMode.HasFlag(UnixFileMode.UserExecute), ((FileInfo)item).Length, ""),

        // A socket is somebody's who runs now; no builder could do anything with it.
        FileKind.Socket => null,
        _ => throw new BuildContextInvalidException(item.FullName, "is a fifo or a device, which no image may get from a context", "Remove it, or leave it out with the ignore file."),
    };
}
