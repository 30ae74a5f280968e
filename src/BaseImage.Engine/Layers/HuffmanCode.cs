using System.Numerics;

namespace BaseImage.Engine.Layers;

/// <summary>
/// A canonical Huffman code of bounded length, its bits in the order in which DEFLATE sends them. Sources: RFC 1951, section
/// 3.2.2; Moffat and Katajainen, "In-Place Calculation of Minimum-Redundancy Codes", 1995.
/// </summary>
internal sealed class HuffmanCode(int symbols, int maxSize)
{
    private readonly int[] _order = new int[symbols];
    private readonly int[] _sizes = new int[symbols];
    private readonly int[] _perSize = new int[16];

    /// <summary>The length of each symbol's code; 0 for none.</summary>
    public byte[] Sizes { get; } = new byte[symbols];

    /// <summary>Each symbol's code, its first bit lowest.</summary>
    public ushort[] Codes { get; } = new ushort[symbols];

    /// <summary>A code of given lengths, as runs of symbols with the same.</summary>
    public static HuffmanCode Fixed(ReadOnlySpan<(int Count, byte Size)> runs)
    {
        List<byte> sizes = [];
        foreach ((int count, byte size) in runs)
        {
            sizes.AddRange(Enumerable.Repeat(size, count));
        }

        HuffmanCode code = new(sizes.Count, 15);
        sizes.CopyTo(code.Sizes);
        code.Assign();
        return code;
    }

    /// <summary>
    /// Makes the code for these counts. It has two symbols at least, since some readers refuse a code that does not use all
    /// its bits.
    /// </summary>
    public void Build(ReadOnlySpan<int> counts)
    {
        Array.Clear(Sizes);
        int used = 0;
        for (int symbol = 0; symbol < counts.Length; symbol++)
        {
            if (counts[symbol] > 0)
            {
                _order[used++] = (counts[symbol] << 9) | symbol;
            }
        }

        for (int symbol = 0; used < 2; symbol++)
        {
            if (counts[symbol] == 0)
            {
                _order[used++] = (1 << 9) | symbol;
            }
        }

        Span<int> order = _order.AsSpan(0, used), sizes = _sizes.AsSpan(0, used);
        order.Sort();
        for (int i = 0; i < used; i++)
        {
            sizes[i] = order[i] >> 9;
        }

        FromCounts(sizes);
        Limit(sizes);
        int next = 0;
        for (int size = maxSize; size > 0; size--)
        {
            for (int i = _perSize[size]; i > 0; i--)
            {
                Sizes[order[next++] & 511] = (byte)size;
            }
        }

        Assign();
    }

    // In place: ascending counts in, lengths of codes out.
    private static void FromCounts(Span<int> a)
    {
        int count = a.Length, root = 0, leaf = 2;
        a[0] += a[1];
        for (int next = 1; next < count - 1; next++)
        {
            a[next] = Take(a, next);
            a[next] += Take(a, next);
        }

        a[count - 2] = 0;
        for (int next = count - 3; next >= 0; next--)
        {
            a[next] = a[a[next]] + 1;
        }

        for (int available = 1, depth = 0, inner = count - 2, next = count - 1; available > 0; depth++)
        {
            int used = 0;
            for (; inner >= 0 && a[inner] == depth; inner--)
            {
                used++;
            }

            for (; available > used; available--)
            {
                a[next--] = depth;
            }

            available = 2 * used;
        }

        int Take(Span<int> a, int next)
        {
            if (leaf < count && (root >= next || a[leaf] <= a[root]))
            {
                return a[leaf++];
            }

            int value = a[root];
            a[root++] = next;
            return value;
        }
    }

    // Codes that are too long become shorter, and others a bit longer until all fit again.
    private void Limit(ReadOnlySpan<int> sizes)
    {
        Array.Clear(_perSize);
        foreach (int size in sizes)
        {
            _perSize[Math.Min(size, maxSize)]++;
        }

        long room = -(1L << maxSize);
        for (int size = 1; size <= maxSize; size++)
        {
            room += (long)_perSize[size] << (maxSize - size);
        }

        for (; room > 0; room--)
        {
            int shorter = maxSize - 1;
            while (_perSize[shorter] == 0)
            {
                shorter--;
            }

            _perSize[maxSize]--;
            _perSize[shorter]--;
            _perSize[shorter + 1] += 2;
        }
    }

    private void Assign()
    {
        Span<int> next = stackalloc int[17];
        next.Clear();
        foreach (byte size in Sizes)
        {
            next[size + 1]++;
        }

        next[1] = 0;
        for (int size = 1; size < 16; size++)
        {
            next[size + 1] = (next[size] + next[size + 1]) << 1;
        }

        // next[size] is the first code of that size, read from its highest bit.
        for (int symbol = 0; symbol < Sizes.Length; symbol++)
        {
            int size = Sizes[symbol];
            Codes[symbol] = size == 0 ? (ushort)0 : Reverse(next[size]++, size);
        }
    }

    private static ushort Reverse(int code, int size)
    {
        int reversed = 0;
        for (int i = 0; i < size; i++, code >>= 1)
        {
            reversed = (reversed << 1) | (code & 1);
        }

        return (ushort)reversed;
    }
}
