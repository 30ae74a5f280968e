using System.Security.Cryptography;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Comparison.Contents;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>
/// The bytes of the files that differ, taken out of an image's layers in one more pass and kept in one temporary file until
/// they were looked at: memory does not grow with them. Only layers that hold such files are opened, and no further than
/// to the last of them; each content is checked by its digest.
/// </summary>
internal sealed class ContentSpool : IDisposable
{
    /// <summary>The most bytes of one file that are kept; what lies behind is compared by its digest alone.</summary>
    internal const long MaxFileBytes = 1L << 30;

    /// <summary>The most bytes of all files of one image.</summary>
    internal const long MaxBytes = 16L << 30;

    private const int Buffer = 128 * 1024;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Dictionary<MergedFileBody, ContentView> _views = [];

    private ContentSpool(string path) => (_path, _file) = (path, new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1));

    /// <summary>A file's bytes; null where they were not kept.</summary>
    internal ContentView? Of(MergedFile file) => _views.GetValueOrDefault(file.Body);

    /// <summary>Takes files out of their layers.</summary>
    /// <param name="side">The image.</param>
    /// <param name="files">The files.</param>
    /// <param name="path">Where the temporary file goes; it is gone with the result.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BaseImageException">A layer is damaged.</exception>
    internal static async Task<ContentSpool> TakeAsync(ComparedSide side, IEnumerable<MergedFile> files, string path, CancellationToken cancellationToken)
    {
        ContentSpool spool;
        try
        {
            spool = new ContentSpool(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }

        try
        {
            foreach (IGrouping<int, MergedFileBody> layer in files.Select(file => file.Body).Distinct().GroupBy(body => body.Layer).OrderBy(group => group.Key))
            {
                SourceLayer source = side.Manifest.Layers[layer.Key];
                Stream tar = new ReadAheadStream(await source.OpenTarAsync(cancellationToken).ConfigureAwait(false));
                await using (tar.ConfigureAwait(false))
                {
                    string name = side.LayerName(layer.Key);
                    await Task.Run(() => spool.Take(tar, name, layer, cancellationToken), cancellationToken).ConfigureAwait(false);
                }
            }

            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        AtomicFile.TryDelete(_path);
    }

    private void Take(Stream tar, string name, IEnumerable<MergedFileBody> bodies, CancellationToken cancellation)
    {
        ILookup<LayerPath, MergedFileBody> wanted = bodies.ToLookup(body => body.EntryPath);
        HashSet<MergedFileBody> left = [.. wanted.SelectMany(group => group)];
        TarReader reader = new(tar, name);
        byte[] buffer = new byte[Buffer];
        while (left.Count > 0 && reader.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Kind is ImageFileKind.File && wanted.Contains(entry.Path) && Copy(reader.Content, entry.Size, wanted[entry.Path], buffer, cancellation) is { } found)
            {
                left.Remove(found);
            }
        }

        if (left.Count > 0)
        {
            // The check of the layer's digest stands behind its last byte; where it holds, the layer is not what was read before.
            tar.CopyTo(Stream.Null);
            throw new ImageBlobCorruptException(name, $"'/{left.First().EntryPath}' is no longer the file that was read before");
        }
    }

    // A path may stand twice in a layer; the content's digest says which of them it was.
    private MergedFileBody? Copy(Stream content, long size, IEnumerable<MergedFileBody> bodies, byte[] buffer, CancellationToken cancellation)
    {
        long start = _file.Position, room = Math.Max(Math.Min(MaxFileBytes, MaxBytes - start), 0);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            int kept = (int)Math.Min(read, room);
            room -= kept;
            try
            {
                _file.Write(buffer, 0, kept);
            }
            catch (IOException e)
            {
                throw new PathNotWritableException(_path, e);
            }
        }

        Digest digest = Digest.FromSha256(hash.GetHashAndReset());
        if (bodies.FirstOrDefault(body => body.Digest == digest) is not { } found)
        {
            _file.Position = start;
            return null;
        }

        if (_file.Position - start == size)
        {
            _views[found] = new FileView(_file.SafeFileHandle, start, size);
        }
        else
        {
            _file.Position = start;
        }

        return found;
    }
}
