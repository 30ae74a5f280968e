using System.Security.Cryptography;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Reads a package index whose uncompressed digest the signed Release file names, and keeps it in the cache in zstd, which
/// is read ten times faster than xz. What comes from there is held against that digest while it is read: the chain from
/// the signature to the stanzas stays whole, whoever wrote the cache.
/// </summary>
/// <param name="client">Opens the archive's files.</param>
/// <param name="index">The index as the archive has it.</param>
/// <param name="plain">What the Release file says of it uncompressed; null where it does not.</param>
internal sealed class IndexReading(ArchiveClient client, LoadedPackageIndex index, ReleaseEntry? plain)
{
    private const string Kind = "package-index";
    private const int Level = 1;

    // What is small is read at once from what the archive gave.
    private const int LeastBytes = 1 << 20;

    /// <summary>Reads it.</summary>
    /// <param name="read">Reads the uncompressed content to its end.</param>
    /// <param name="startOver">Forgets what was read: the cache's copy was not what it should be, and the archive's own follows.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(Action<Stream> read, Action startOver, CancellationToken cancellationToken)
    {
        if (plain is null || plain.Size < LeastBytes)
        {
            await ReadOriginalAsync(read, null, cancellationToken).ConfigureAwait(false);
        }
        else if (!await TryReadKeptAsync(read, plain, cancellationToken).ConfigureAwait(false))
        {
            startOver();
            CacheWriter copy = client.Cache.CreateWriter();
            await using (copy.ConfigureAwait(false))
            {
                if (await ReadOriginalAsync(read, copy, cancellationToken).ConfigureAwait(false))
                {
                    Digest blob = await copy.CommitAsync(null, index.File.What, cancellationToken).ConfigureAwait(false);
                    await client.Cache.PutBlobAsync(Kind, plain.Sha256.ToString(), blob, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<bool> TryReadKeptAsync(Action<Stream> read, ReleaseEntry expected, CancellationToken cancellationToken)
    {
        CachedBlob? kept = await client.Cache.TryOpenBlobAsync(Kind, expected.Sha256.ToString(), cancellationToken).ConfigureAwait(false);
        if (kept is null)
        {
            return false;
        }

        await using (kept.ConfigureAwait(false))
        {
            try
            {
                return await Task.Run(() => Read(kept.Content, CompressionFormat.Zstd, read, null), cancellationToken).ConfigureAwait(false);
            }
            catch (BaseImageException)
            {
                // Either the copy is wrong, or the archive's own says the same again.
                return false;
            }
        }
    }

    // True where the content is what the Release file says of it.
    private async Task<bool> ReadOriginalAsync(Action<Stream> read, CacheWriter? copy, CancellationToken cancellationToken)
    {
        Stream compressed = await client.OpenAsync(index.Archive, index.File, cancellationToken).ConfigureAwait(false);
        await using (compressed.ConfigureAwait(false))
        {
            return await Task.Run(() => Read(compressed, null, read, copy), cancellationToken).ConfigureAwait(false);
        }
    }

    private bool Read(Stream compressed, CompressionFormat? format, Action<Stream> read, CacheWriter? copy)
    {
        using Stream content = Codecs.OpenDecompressed(compressed, index.File.What, DecompressionLimits.Index, format);
        using ZstdSharp.CompressionStream? target = copy is null ? null : new ZstdSharp.CompressionStream(copy, Level, leaveOpen: true);
        using HashedStream hashed = new(content, target);
        read(hashed);
        return plain is not null && hashed.Length == plain.Size && hashed.Finish() == plain.Sha256;
    }

    // Hashes what is read through it, and copies it where that is wanted.
    private sealed class HashedStream(Stream inner, Stream? copy) : ReadOnlyForwardStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _length;

        public override long Length => _length;

        public Digest Finish() => Digest.FromSha256(_hash.GetHashAndReset());

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = inner.Read(buffer, offset, count);
            _hash.AppendData(buffer, offset, read);
            copy?.Write(buffer, offset, read);
            _length += read;
            return read;
        }

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
