using System.Security.Cryptography;
using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>
/// A blob of known digest while it is being downloaded. What has arrived stays when the download is broken off, so that
/// the next one, in this process or another, goes on from there. Only its holder has it open.
/// </summary>
internal sealed class PartialBlob : IAsyncDisposable
{
    private readonly ContentCache _cache;
    private readonly string _path;
    private readonly bool _keep;

    internal PartialBlob(ContentCache cache, Digest digest, string path, DiskFile content, bool keep = true)
        => (_cache, Digest, _path, Content, _keep) = (cache, digest, path, content, keep);

    /// <summary>What the whole must hash to.</summary>
    public Digest Digest { get; }

    /// <summary>What has arrived so far; written at its end.</summary>
    public DiskFile Content { get; }

    /// <summary>Throws away what has arrived.</summary>
    public void Restart()
    {
        Content.Position = 0;
        Content.SetLength(0);
    }

    /// <summary>Verifies the whole and puts it into the cache.</summary>
    /// <param name="name">How an error names it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DigestMismatchException">It is something else; what has arrived is thrown away.</exception>
    public async Task CommitAsync(string name, CancellationToken cancellationToken)
    {
        await Content.FlushAsync(cancellationToken).ConfigureAwait(false);
        Content.Position = 0;
        Digest actual = Digest.FromSha256(await SHA256.HashDataAsync(Content, cancellationToken).ConfigureAwait(false));
        if (actual != Digest)
        {
            Restart();
            await DisposeAsync().ConfigureAwait(false);
            throw new DigestMismatchException(name, Digest, actual);
        }

        await Content.DisposeAsync().ConfigureAwait(false);
        _cache.PlaceBlob(_path, Digest);
    }

    /// <summary>Closes the file; one with nothing in it is removed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Content.CanRead && (Content.Length == 0 || !_keep))
        {
            // Removed while still held, where the system allows it, so that no other process can have begun to fill it.
            AtomicFile.TryDelete(_path);
        }

        await Content.DisposeAsync().ConfigureAwait(false);
    }
}
