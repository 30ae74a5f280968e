using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>The files that a definition adds, read and checked once for all platforms.</summary>
internal sealed class DefinitionFiles
{
    private readonly IReadOnlyList<TreeEntry> _entries;

    private DefinitionFiles(IReadOnlyList<TreeEntry> entries) => _entries = entries;

    /// <summary>Reads them.</summary>
    /// <exception cref="AddedFileInvalidException">A path cannot be one of an image.</exception>
    /// <exception cref="PathNotFoundException">A source does not exist.</exception>
    /// <exception cref="DigestMismatchException">A source does not hash to what the definition says.</exception>
    public static async Task<DefinitionFiles> ReadAsync(IReadOnlyList<AddedFile> files, long epoch, CancellationToken cancellationToken)
    {
        List<TreeEntry> entries = [];
        foreach (AddedFile file in files)
        {
            entries.Add(await ReadAsync(file, epoch, cancellationToken).ConfigureAwait(false));
        }

        return new DefinitionFiles(entries);
    }

    /// <summary>Adds them to an image, replacing what is there.</summary>
    /// <exception cref="AddedFileInvalidException">A directory is there.</exception>
    public void AddTo(ImageTree tree)
    {
        foreach (TreeEntry entry in _entries)
        {
            if (tree.Find(entry.Entry.Path) is { Entry.Kind: ImageFileKind.Directory })
            {
                throw new AddedFileInvalidException("/" + entry.Entry.Path, "a directory of that name is in the image");
            }

            for (LayerPath parent = entry.Entry.Path.Parent; !parent.IsRoot; parent = parent.Parent)
            {
                if (tree.Find(parent) is { Entry.Kind: not ImageFileKind.Directory and not ImageFileKind.SymbolicLink })
                {
                    throw new AddedFileInvalidException("/" + entry.Entry.Path, $"'/{parent}' is not a directory");
                }
            }

            tree.Add(entry);
        }
    }

    private static async Task<TreeEntry> ReadAsync(AddedFile file, long epoch, CancellationToken cancellationToken)
    {
        if (!file.Path.StartsWith('/') || file.Path.EndsWith('/') || !LayerPath.TryCreate(Encoding.UTF8.GetBytes(file.Path), out LayerPath path) || path.IsRoot)
        {
            throw new AddedFileInvalidException(file.Path, "the path must be absolute and name a file");
        }

        (long size, Digest digest, ContentSource source) = file.SourcePath is { } sourcePath
            ? await ReadSourceAsync(sourcePath, cancellationToken).ConfigureAwait(false)
            : Made(file.Content ?? "");
        if (file.Sha256 is { } expected && expected != digest)
        {
            throw new DigestMismatchException(file.SourcePath ?? file.Path, expected, digest);
        }

        LayerEntry entry = new() { Path = path, Kind = ImageFileKind.File, Mode = file.Mode & 0xFFF, Uid = file.Uid, Gid = file.Gid, Size = size, ModifiedTime = epoch };
        return new TreeEntry(entry, digest, source);
    }

    private static async Task<(long Size, Digest Digest, ContentSource Source)> ReadSourceAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new PathNotFoundException(path, "Correct the Source of the entry in the definition's Files; it is read beside the definition.");
        }

        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            byte[] hash = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
            return (stream.Length, Digest.FromSha256(hash), new DiskContent(path));
        }
    }

    private static (long Size, Digest Digest, ContentSource Source) Made(string text)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        return (content.Length, Digest.Of(content), new MadeContent(content));
    }
}
