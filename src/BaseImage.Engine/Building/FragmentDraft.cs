using System.Security.Cryptography;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>
/// A fragment whose tar entries have been written and whose last blocks may still have to be compressed: finishing it can
/// go on beside the writing of the next one.
/// </summary>
internal sealed class FragmentDraft : IAsyncDisposable
{
    private readonly FragmentPlan _plan;
    private readonly CacheWriter _blob;
    private readonly CompressorStream _compressor;

    private FragmentDraft(FragmentPlan plan, CacheWriter blob, CompressorStream compressor) => (_plan, _blob, _compressor) = (plan, blob, compressor);

    /// <summary>Writes a fragment's entries.</summary>
    /// <param name="plan">The fragment.</param>
    /// <param name="cache">Where its bytes go.</param>
    /// <param name="codec">How they are compressed.</param>
    /// <param name="workers">How many blocks are compressed at once.</param>
    /// <param name="layer">Takes the raw bytes: the sum of the layer's tar.</param>
    /// <param name="openContent">Opens a packaged content.</param>
    /// <param name="cancellationToken">Stops it; nothing remains.</param>
    public static async Task<FragmentDraft> WriteAsync(
        FragmentPlan plan, ContentCache cache, Codec codec, int workers, IncrementalHash layer, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, CancellationToken cancellationToken)
    {
        CacheWriter blob = cache.CreateWriter();
        FragmentDraft draft = new(plan, blob, codec.Compress(blob, workers));
        try
        {
            TarWriter tar = new(new HashingWriteStream(draft._compressor, layer));
            foreach (TreeEntry entry in plan.Entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await WriteAsync(tar, entry, openContent, cancellationToken).ConfigureAwait(false);
            }

            if (plan.IsLast)
            {
                tar.WriteEnd();
            }

            return draft;
        }
        catch
        {
            await draft.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Compresses what is left and puts the blob into the cache.</summary>
    public async Task<Fragment> FinishAsync(CancellationToken cancellationToken)
    {
        _compressor.Finish();
        long size = _blob.Length;
        Digest digest = await _blob.CommitAsync(null, _plan.Name, cancellationToken).ConfigureAwait(false);
        long newest = _plan.Entries.Count == 0 ? 0 : _plan.Entries.Max(entry => entry.Entry.ModifiedTime);
        return new Fragment(_plan.Name, digest, size, _compressor.BytesIn, newest, _compressor.BlockSizes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _compressor.DisposeAsync().ConfigureAwait(false);
        await _blob.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task WriteAsync(TarWriter tar, TreeEntry entry, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, CancellationToken cancellationToken)
    {
        if (entry.Source is null)
        {
            tar.Write(entry.Entry);
            return;
        }

        Stream content = entry.Source switch
        {
            PackagedContent packaged => await openContent(packaged, cancellationToken).ConfigureAwait(false),
            MadeContent made => new MemoryStream(made.Bytes, writable: false),
            DiskContent disk => new FileStream(disk.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16),
            _ => throw new InvalidOperationException(),
        };
        await using (content.ConfigureAwait(false))
        {
            using HashingReadStream hashing = new(content);
            try
            {
                tar.Write(entry.Entry, hashing);
            }
            catch (InvalidDataException)
            {
                // Another size than planned is another content than planned.
                throw new ContentChangedException("/" + entry.Entry.Path);
            }

            if (hashing.Finish() != entry.Content)
            {
                throw new ContentChangedException("/" + entry.Entry.Path);
            }
        }
    }

    private sealed class HashingReadStream(Stream inner) : ReadOnlyForwardStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public Digest Finish() => Digest.FromSha256(_hash.GetHashAndReset());

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            _hash.AppendData(buffer[..read]);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
