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

    /// <summary>Writes a fragment's entries; what is left to do of it is <see cref="FinishAsync"/>'s.</summary>
    /// <param name="plan">The fragment.</param>
    /// <param name="layer">Takes the raw bytes: the sum of the layer's tar.</param>
    /// <param name="openContent">Opens a packaged content.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task<FragmentDraft> WriteAsync(FragmentPlan plan, IncrementalHash layer, Func<PackagedContent, CancellationToken, Task<Stream>> openContent, CancellationToken cancellationToken)
        => FragmentDraft.WriteAsync(plan, cache, codec, workers, layer, openContent, cancellationToken);

    /// <summary>Finishes a fragment, disposes of its draft and keeps it in the cache.</summary>
    public async Task<Fragment> FinishAsync(FragmentPlan plan, FragmentDraft draft, CancellationToken cancellationToken)
    {
        Fragment made;
        await using (draft.ConfigureAwait(false))
        {
            made = await draft.FinishAsync(cancellationToken).ConfigureAwait(false);
        }

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

    /// <summary>Takes a fragment's raw bytes, inflated by several workers, into a sum.</summary>
    public async Task AppendAsync(Fragment fragment, IncrementalHash sum, CancellationToken cancellationToken)
    {
        Stream stored = await OpenAsync(fragment, cancellationToken).ConfigureAwait(false);
        await using (stored.ConfigureAwait(false))
        {
            long raw = await BlockInflater.InflateAsync(codec, stored, fragment.BlockSizes, workers, block => sum.AppendData(block.AsSpan()), cancellationToken).ConfigureAwait(false);
            if (raw != fragment.RawSize)
            {
                throw new InvalidDataException($"Fragment '{fragment.Name}' has {raw} bytes where {fragment.RawSize} were written.");
            }

            counters.Inflated(raw);
        }
    }

    private static byte[] Pack(Fragment fragment)
        => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{fragment.Digest} {fragment.Size} {fragment.RawSize} {fragment.NewestTime} {string.Join(',', fragment.BlockSizes)}"));

    // What an earlier version has kept has no sizes of blocks: it is made again.
    private static Fragment? Unpack(string name, byte[] packed)
    {
        string[] parts = Encoding.ASCII.GetString(packed).Split(' ');
        return parts.Length == 5 && Digest.TryParse(parts[0], out Digest digest)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long size)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long raw)
            && long.TryParse(parts[3], CultureInfo.InvariantCulture, out long newest)
            && UnpackSizes(parts[4]) is { } blocks && blocks.Sum(block => (long)block) == size
            ? new Fragment(name, digest, size, raw, newest, blocks)
            : null;
    }

    private static int[]? UnpackSizes(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        string[] parts = text.Split(',');
        int[] sizes = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]))
            {
                return null;
            }
        }

        return sizes;
    }
}
