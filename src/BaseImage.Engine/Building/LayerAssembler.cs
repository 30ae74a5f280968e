using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Building;

/// <summary>
/// Makes a layer of finished fragments: the blob is their compressed bytes one after the other, the diffID is over their
/// raw bytes one after the other. Both are remembered under the fragments' digests.
/// </summary>
internal sealed class LayerAssembler(ContentCache cache, FragmentShelf fragments, BuildCounters counters, Codec codec)
{
    /// <summary>The annotation of a layer's descriptor that lists its fragments.</summary>
    public const string FragmentsAnnotation = "io.baseimage.fragments";

    private const string Kind = "layer";
    private const string Version = "1";

    /// <summary>Makes the layer, beside the making of its last fragments: their bytes are summed as they are finished.</summary>
    /// <param name="fragmentTasks">The fragments, in the layer's order.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BuiltLayer> AssembleAsync(IReadOnlyList<Task<Fragment>> fragmentTasks, CancellationToken cancellationToken)
    {
        // Where a fragment has to be made the layer is a new one, and is not looked for.
        (Digest digest, Digest diffId)? sums = fragmentTasks.All(task => task.IsCompletedSuccessfully) ? null : await SumAsync(fragmentTasks, cancellationToken).ConfigureAwait(false);
        Fragment[] parts = await Task.WhenAll(fragmentTasks).ConfigureAwait(false);
        string key = $"{Version} {string.Join(' ', parts.Select(part => part.Digest))}";
        if (sums is null && await TryRememberAsync(key, cancellationToken).ConfigureAwait(false) is { } remembered)
        {
            sums = remembered;
            counters.LayerReused();
        }
        else
        {
            sums ??= await SumAsync(fragmentTasks, cancellationToken).ConfigureAwait(false);
            await cache.PutAsync(Kind, key, $"of {string.Join(", ", parts.Select(part => part.Name))}", Encoding.ASCII.GetBytes($"{sums.Value.digest} {sums.Value.diffId}"), cancellationToken).ConfigureAwait(false);
        }

        OciDescriptor descriptor = new(MediaTypes.OciLayer + codec.MediaTypeSuffix, sums.Value.digest, parts.Sum(part => part.Size))
        {
            Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [FragmentsAnnotation] = Describe(parts) },
        };
        return new BuiltLayer(descriptor, sums.Value.diffId, token => OpenAsync(parts, token));
    }

    private async ValueTask<Stream> OpenAsync(IReadOnlyList<Fragment> parts, CancellationToken cancellationToken)
    {
        List<Stream> opened = new(parts.Count);
        try
        {
            foreach (Fragment part in parts)
            {
                opened.Add(await fragments.OpenAsync(part, cancellationToken).ConfigureAwait(false));
            }

            return new ConcatenatedStream(opened);
        }
        catch
        {
            opened.ForEach(stream => stream.Dispose());
            throw;
        }
    }

    private async Task<(Digest, Digest)?> TryRememberAsync(string key, CancellationToken cancellationToken)
    {
        string[] known = Encoding.ASCII.GetString(await cache.TryGetAsync(Kind, key, cancellationToken).ConfigureAwait(false) ?? []).Split(' ');
        return known.Length == 2 && Digest.TryParse(known[0], out Digest digest) && Digest.TryParse(known[1], out Digest diffId) ? (digest, diffId) : null;
    }

    private async Task<(Digest Digest, Digest DiffId)> SumAsync(IReadOnlyList<Task<Fragment>> parts, CancellationToken cancellationToken)
    {
        Task<Digest> blob = Task.Run(() => SumBlobAsync(parts, cancellationToken), cancellationToken), tar = Task.Run(() => SumTarAsync(parts, cancellationToken), cancellationToken);
        await Task.WhenAll(blob, tar).ConfigureAwait(false);
        return (await blob.ConfigureAwait(false), await tar.ConfigureAwait(false));
    }

    private async Task<Digest> SumBlobAsync(IReadOnlyList<Task<Fragment>> parts, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 17];
        foreach (Task<Fragment> part in parts)
        {
            Stream stored = await fragments.OpenAsync(await part.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await using (stored.ConfigureAwait(false))
            {
                for (int read; (read = stored.Read(buffer)) > 0;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    hash.AppendData(buffer, 0, read);
                }
            }
        }

        return Digest.FromSha256(hash.GetHashAndReset());
    }

    // Inflates into one buffer while the other is hashed.
    private async Task<Digest> SumTarAsync(IReadOnlyList<Task<Fragment>> parts, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] filling = new byte[1 << 19], full = new byte[1 << 19];
        Task hashing = Task.CompletedTask;
        try
        {
            foreach (Task<Fragment> task in parts)
            {
                Fragment part = await task.ConfigureAwait(false);
                Stream stored = await fragments.OpenAsync(part, cancellationToken).ConfigureAwait(false);
                await using (stored.ConfigureAwait(false))
                {
                    long raw = 0;
                    using Stream inflated = Inflate(stored);
                    for (int read; (read = inflated.ReadAtLeast(filling, filling.Length, throwOnEndOfStream: false)) > 0; raw += read)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        await hashing.ConfigureAwait(false);
                        (filling, full) = (full, filling);
                        (byte[] data, int length) = (full, read);
                        hashing = Task.Run(() => hash.AppendData(data, 0, length), CancellationToken.None);
                    }

                    if (raw != part.RawSize)
                    {
                        throw new InvalidDataException($"Fragment '{part.Name}' has {raw} bytes where {part.RawSize} were written.");
                    }

                    counters.Inflated(raw);
                }
            }
        }
        finally
        {
            await hashing.ConfigureAwait(false);
        }

        return Digest.FromSha256(hash.GetHashAndReset());
    }

    // What a deflate stream means does not depend on who reads it, so the runtime's own reader may; only its writer's
    // bytes differ between versions. The bytes were written by us and have just been checked against their digest.
    private Stream Inflate(Stream stored) => codec.Name switch
    {
        "gzip" => new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true),
        "zstd" => new ZstdSharp.DecompressionStream(stored, leaveOpen: true),
        _ => stored,
    };

    // One line a fragment: digest, compressed size, raw size, name.
    private static string Describe(IReadOnlyList<Fragment> parts)
        => string.Join('\n', parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Digest} {part.Size} {part.RawSize} {part.Name}")));

    /// <summary>The bytes of all fragments that an annotation lists; null where it is none of this module's.</summary>
    public static long? TotalOf(string annotation)
    {
        long total = 0;
        foreach (string line in annotation.Split('\n'))
        {
            string[] fields = line.Split(' ', 4);
            if (fields.Length != 4 || !Digest.TryParse(fields[0], out _) || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size > long.MaxValue - total)
            {
                return null;
            }

            total += size;
        }

        return total;
    }
}
