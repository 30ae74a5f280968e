using System.Buffers;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Inflates what a <see cref="CompressorStream"/> has written: its blocks know nothing of each other, so several workers
/// inflate them at once, and they come out in order. Memory is bounded by the workers.
/// </summary>
internal static class BlockInflater
{
    /// <summary>Inflates.</summary>
    /// <param name="codec">The codec that made the blocks.</param>
    /// <param name="stored">The blocks one after the other.</param>
    /// <param name="sizes">Compressed bytes of each.</param>
    /// <param name="workers">How many are inflated at once.</param>
    /// <param name="take">Takes the raw bytes of each, in order.</param>
    /// <param name="cancellationToken">Stops it; nothing goes on behind it.</param>
    /// <returns>Raw bytes in all.</returns>
    /// <exception cref="InvalidDataException">These are no blocks of this codec.</exception>
    /// <exception cref="EndOfStreamException">There are fewer bytes than the sizes say.</exception>
    public static async Task<long> InflateAsync(Codec codec, Stream stored, IReadOnlyList<int> sizes, int workers, Action<ArraySegment<byte>> take, CancellationToken cancellationToken)
    {
        Queue<Task<(byte[] Raw, int Length)>> running = new();
        long total = 0;
        try
        {
            foreach (int size in sizes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                byte[] packed = ArrayPool<byte>.Shared.Rent(size);
                await stored.ReadExactlyAsync(packed.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
                running.Enqueue(Task.Run(() => Inflate(codec, packed, size), CancellationToken.None));
                if (running.Count > workers)
                {
                    await TakeNextAsync().ConfigureAwait(false);
                }
            }

            while (running.Count > 0)
            {
                await TakeNextAsync().ConfigureAwait(false);
            }

            return total;
        }
        finally
        {
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task TakeNextAsync()
        {
            (byte[] raw, int length) = await running.Dequeue().ConfigureAwait(false);
            take(new ArraySegment<byte>(raw, 0, length));
            total += length;
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    private static (byte[] Raw, int Length) Inflate(Codec codec, byte[] packed, int size)
    {
        byte[] raw = ArrayPool<byte>.Shared.Rent(codec.BlockSize);
        int length = codec.InflateBlock(packed, size, raw);
        ArrayPool<byte>.Shared.Return(packed);
        return (raw, length);
    }
}
