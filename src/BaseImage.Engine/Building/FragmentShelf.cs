using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>Finds fragments in the cache, or makes them.</summary>
internal sealed class FragmentShelf(ContentCache cache, BuildCounters counters, Codec codec, int workers)
{
    private const string Kind = "fragment";

    /// <summary>Finds a fragment in the cache, or gives null. What comes from the cache has been hashed.</summary>
    public async Task<Fragment?> TryFindAsync(FragmentPlan plan, CancellationToken cancellationToken)
    {
        if (await cache.TryGetAsync(Kind, plan.Key, cancellationToken).ConfigureAwait(false) is { } packed
            && Unpack(plan.Name, packed) is { } known && await cache.ContainsAsync(known.Digest, cancellationToken).ConfigureAwait(false))
        {
            counters.Reused();
            return known;
        }

        return null;
    }

    /// <summary>Makes a fragment, and keeps it in the cache.</summary>
    /// <param name="plan">The fragment.</param>
    /// <param name="openContent">Opens a packaged content.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Fragment> MakeAsync(FragmentPlan plan, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, CancellationToken cancellationToken)
    {
        Fragment made = await CompressAsync(plan, openContent, cancellationToken).ConfigureAwait(false);
        counters.Compressed(made.RawSize);
        await cache.PutAsync(Kind, plan.Key, plan.Name, Pack(made), cancellationToken).ConfigureAwait(false);
        return made;
    }

    /// <summary>Opens a fragment's compressed bytes.</summary>
    /// <exception cref="CacheChangedException">Somebody has cleared the cache meanwhile.</exception>
    public async ValueTask<Stream> OpenAsync(Fragment fragment, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < 5; attempt++)
        {
            if (await cache.TryOpenAsync(fragment.Digest, cancellationToken).ConfigureAwait(false) is { } content)
            {
                return content;
            }

            // Who clears the cache at this moment sees that it is in use, and puts it back.
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }

        throw new CacheChangedException(cache.Root);
    }

    private async Task<Fragment> CompressAsync(FragmentPlan plan, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, CancellationToken cancellationToken)
    {
        CacheWriter blob = cache.CreateWriter();
        await using (blob.ConfigureAwait(false))
        {
            long rawSize;
            using (CompressorStream compressor = codec.Compress(blob, workers))
            {
                TarWriter tar = new(compressor);
                foreach (TreeEntry entry in plan.Entries)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await WriteAsync(tar, entry, openContent, cancellationToken).ConfigureAwait(false);
                }

                if (plan.IsLast)
                {
                    tar.WriteEnd();
                }

                compressor.Finish();
                rawSize = tar.Position;
            }

            long size = blob.Length;
            Digest digest = await blob.CommitAsync(null, plan.Name, cancellationToken).ConfigureAwait(false);
            long newest = plan.Entries.Count == 0 ? 0 : plan.Entries.Max(entry => entry.Entry.ModifiedTime);
            return new Fragment(plan.Name, digest, size, rawSize, newest);
        }
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
            using HashingStream hashing = new(content);
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

    private static byte[] Pack(Fragment fragment)
        => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{fragment.Digest} {fragment.Size} {fragment.RawSize} {fragment.NewestTime}"));

    private static Fragment? Unpack(string name, byte[] packed)
    {
        string[] parts = Encoding.ASCII.GetString(packed).Split(' ');
        return parts.Length == 4 && Digest.TryParse(parts[0], out Digest digest)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long size)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long raw)
            && long.TryParse(parts[3], CultureInfo.InvariantCulture, out long newest)
            ? new Fragment(name, digest, size, raw, newest)
            : null;
    }

    private sealed class HashingStream(Stream inner) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public Digest Finish() => Digest.FromSha256(_hash.GetHashAndReset());

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = inner.Read(buffer, offset, count);
            _hash.AppendData(buffer, offset, read);
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
