namespace BaseImage.Engine.Layers;

/// <summary>A block's two codes as its header tells them: lengths, run-length coded, under a code of their own. Source: RFC 1951, section 3.2.7.</summary>
internal sealed class CodeLengths
{
    private static readonly byte[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly byte[] s_extra = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7];

    private readonly List<(int Symbol, int Extra)> _runs = [];
    private readonly int[] _counts = new int[19];
    private readonly HuffmanCode _code = new(19, 7);

    /// <summary>What is to be written, as values and their sizes in bits.</summary>
    public List<(int Bits, int Size)> Header { get; } = [];

    /// <summary>How many bits that is.</summary>
    public long Bits { get; private set; }

    /// <summary>Plans the header.</summary>
    public void Plan(ReadOnlySpan<byte> literals, ReadOnlySpan<byte> distances)
    {
        literals = literals[..Math.Max(257, literals.LastIndexOfAnyExcept((byte)0) + 1)];
        distances = distances[..Math.Max(1, distances.LastIndexOfAnyExcept((byte)0) + 1)];
        Span<byte> all = stackalloc byte[literals.Length + distances.Length];
        literals.CopyTo(all);
        distances.CopyTo(all[literals.Length..]);
        Run(all);
        _code.Build(_counts);
        int shown = 19;
        while (shown > 4 && _code.Sizes[s_order[shown - 1]] == 0)
        {
            shown--;
        }

        Header.Clear();
        Add(literals.Length - 257, 5);
        Add(distances.Length - 1, 5);
        Add(shown - 4, 4);
        for (int i = 0; i < shown; i++)
        {
            Add(_code.Sizes[s_order[i]], 3);
        }

        foreach ((int symbol, int extra) in _runs)
        {
            Add(_code.Codes[symbol], _code.Sizes[symbol]);
            Add(extra, s_extra[symbol]);
        }

        Bits = 0;
        foreach ((_, int size) in Header)
        {
            Bits += size;
        }
    }

    private void Add(int bits, int size)
    {
        if (size > 0)
        {
            Header.Add((bits, size));
        }
    }

    private void Run(ReadOnlySpan<byte> all)
    {
        _runs.Clear();
        Array.Clear(_counts);
        for (int i = 0; i < all.Length;)
        {
            byte size = all[i];
            int run = 1;
            while (i + run < all.Length && all[i + run] == size)
            {
                run++;
            }

            i += run;
            if (size != 0)
            {
                Tell(size, 0);
                run--;
            }

            while (run >= 3)
            {
                int part = Math.Min(run, size != 0 ? 6 : 138);
                Tell(size != 0 ? 16 : part <= 10 ? 17 : 18, part - (part > 10 ? 11 : 3));
                run -= part;
            }

            for (; run > 0; run--)
            {
                Tell(size, 0);
            }
        }
    }

    private void Tell(int symbol, int extra)
    {
        _runs.Add((symbol, extra));
        _counts[symbol]++;
    }
}
