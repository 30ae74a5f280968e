using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>
/// The members of a tar archive, found in one pass and then read from where they lie; nothing is unpacked. A compressed
/// archive has no such places, so there each member is read by decompressing up to it.
/// </summary>
internal sealed class ArchiveFile : ILayoutFiles
{
    private const int MaxLinks = 16;

    private readonly string _path;
    private readonly string _name;
    private readonly bool _compressed;
    private readonly Dictionary<string, Member> _members;

    private ArchiveFile(string path, string name, bool compressed, Dictionary<string, Member> members)
        => (_path, _name, _compressed, _members) = (path, name, compressed, members);

    /// <summary>The names of all members that are no directories.</summary>
    internal IReadOnlyCollection<string> Names => _members.Keys;

    /// <summary>Opens an archive by its full path and lists it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="name">What to call it in errors; null for its path.</param>
    internal static async Task<ArchiveFile> OpenAsync(string path, CancellationToken cancellationToken, string? name = null)
    {
        try
        {
            return await Task.Run(() => Scan(path, name ?? path, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageStorageException(name ?? path, $"cannot be read: {e.Message}", "Check that the file exists and that you may read it.", e);
        }
    }

    /// <summary>True where a member of that name is there.</summary>
    internal bool Contains(string name) => _members.ContainsKey(name);

    /// <inheritdoc/>
    public string Describe(string name) => $"{_name} ({name})";

    /// <inheritdoc/>
    public async ValueTask<LayoutFile?> TryOpenAsync(string name, CancellationToken cancellationToken)
    {
        if (Find(name) is not { } member)
        {
            return null;
        }

        try
        {
            return _compressed
                ? await Task.Run(() => OpenCompressed(member, cancellationToken), cancellationToken).ConfigureAwait(false)
                : OpenAt(member);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageStorageException(_name, $"cannot be read: {e.Message}", "Check that the file is still there and that you may read it.", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ArchiveFile Scan(string path, string name, CancellationToken cancellationToken)
    {
        // A pipe or device has no length, and opening it would wait for ever.
        if (new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).Length == 0)
        {
            throw new ImageStorageException(name, "is empty, or no plain file, and so no archive", "Write the archive again, to a plain file.");
        }

        using FileStream file = Open(path);

        using Stream plain = Codecs.OpenDecompressed(file, name, DecompressionLimits.Layer);
        bool compressed = plain is not DecompressedStream { Format: CompressionFormat.None };
        file.Position = compressed ? file.Position : 0;
        TarReader reader = new(compressed ? plain : file, name, Rules);
        Dictionary<string, Member> members = new(StringComparer.Ordinal);
        for (int ordinal = 0; reader.Next() is { } entry; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Kind is ImageFileKind.Directory)
            {
                continue;
            }

            string member = entry.Path.ToString();
            string? link = entry.Kind switch
            {
                ImageFileKind.SymbolicLink => entry.LinkTargetText.StartsWith('/') ? null : Combine(member, entry.LinkTargetText),
                ImageFileKind.HardLink => entry.HardLinkPath.ToString(),
                _ => null,
            };
            bool plainFile = entry.Kind is ImageFileKind.File;
            members[member] = new Member(member, ordinal, compressed ? 0 : file.Position, entry.Size, plainFile, link) { Twice = members.ContainsKey(member) };
        }

        return new ArchiveFile(path, name, compressed, members);
    }

    private static TarRules Rules { get; } = TarRules.Layer with { MaxEntries = OciLimits.MaxArchiveMembers };

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);

    private LayoutFile OpenAt(Member member)
    {
        FileStream file = Open(_path);
        file.Position = member.Offset;
        return new LayoutFile(new BoundedStream(file, member.Size), member.Size);
    }

    private LayoutFile OpenCompressed(Member member, CancellationToken cancellationToken)
    {
        FileStream file = Open(_path);
        Stream plain = Codecs.OpenDecompressed(file, _name, DecompressionLimits.Layer);
        try
        {
            TarReader reader = new(plain, _name, Rules);
            for (int i = 0; i <= member.Ordinal; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reader.Next() is null)
                {
                    throw new ImageStorageException(_name, "changed while it was read", "Wait until whoever writes the archive is done.");
                }
            }

            return new LayoutFile(new BoundedStream(plain, member.Size, file), member.Size);
        }
        catch
        {
            plain.Dispose();
            file.Dispose();
            throw;
        }
    }

    private Member? Find(string name)
    {
        for (int hops = 0; _members.TryGetValue(name, out Member? member); hops++)
        {
            if (member.Twice)
            {
                throw new ImageDocumentInvalidException(Describe(name), "the archive has two members of this name, and readers differ on which one counts");
            }

            if (member.IsFile)
            {
                return member;
            }

            name = member.Link is { } link && hops < MaxLinks ? link
                : throw new ImageDocumentInvalidException(Describe(member.Name), "it is no file, and no link to one inside the archive");
        }

        return null;
    }

    private static string? Combine(string name, string target)
    {
        List<string> parts = [.. name.Split('/')[..^1]];
        foreach (string part in target.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                return null;
            }
        }

        return string.Join('/', parts);
    }

    private sealed record Member(string Name, int Ordinal, long Offset, long Size, bool IsFile, string? Link)
    {
        /// <summary>True where an earlier member has the same name.</summary>
        internal bool Twice { get; init; }
    }
}
