using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Writes DEFLATE blocks of literals and matches: with codes of their own, with the fixed ones or stored, whichever is
/// shortest. Source: RFC 1951, sections 3.2.3 to 3.2.7.
/// </summary>
internal sealed class DeflateBlockWriter
{
    private const int EndOfBlock = 256;
    private const uint MatchFlag = 1u << 31;
    private const int MaxStored = 65535;

    private static readonly byte[] s_lengthSymbol = new byte[256];
    private static readonly byte[] s_distanceSymbol = new byte[512];
    private static readonly int[] s_lengthBase = new int[29];
    private static readonly int[] s_distanceBase = new int[30];
    private static readonly HuffmanCode s_fixedLiterals = HuffmanCode.Fixed([(144, 8), (112, 9), (24, 7), (8, 8)]);
    private static readonly HuffmanCode s_fixedDistances = HuffmanCode.Fixed([(30, 5)]);

    private readonly int[] _literalCounts = new int[286];
    private readonly int[] _distanceCounts = new int[30];
    private readonly HuffmanCode _literals = new(286, 15);
    private readonly HuffmanCode _distances = new(30, 15);
    private readonly CodeLengths _lengths = new();
    private readonly uint[] _matchBits = new uint[256];
    private readonly byte[] _matchSizes = new byte[256];
    private ulong _bits;
    private int _held;
    private int _at;

    static DeflateBlockWriter()
    {
        for (int symbol = 0, length = 0; symbol < 29; symbol++)
        {
            s_lengthBase[symbol] = length;
            int end = symbol == 28 ? 256 : Math.Min(length + (1 << LengthExtra(symbol)), 255);
            s_lengthSymbol.AsSpan(length, end - length).Fill((byte)symbol);
            length = end;
        }

        for (int symbol = 0, distance = 0; symbol < 30; symbol++)
        {
            s_distanceBase[symbol] = distance;
            int end = distance + (1 << DistanceExtra(symbol));
            for (; distance < end; distance++)
            {
                s_distanceSymbol[Slot(distance)] = (byte)symbol;
            }
        }
    }

    /// <summary>A match as a token; a literal's token is the byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Match(int length, int distance) => MatchFlag | (uint)(length - 3) << 16 | (uint)(distance - 1);

    /// <summary>Begins an output.</summary>
    public void Start() => (_bits, _held, _at) = (0, 0, 0);

    /// <summary>Writes a block.</summary>
    /// <param name="tokens">Literals and matches.</param>
    /// <param name="raw">The bytes that they stand for.</param>
    /// <param name="isLast">True for the last of the output.</param>
    /// <param name="output">The whole output.</param>
    public void Write(ReadOnlySpan<uint> tokens, ReadOnlySpan<byte> raw, bool isLast, Span<byte> output)
    {
        Count(tokens);
        _literals.Build(_literalCounts);
        _distances.Build(_distanceCounts);
        _lengths.Plan(_literals.Sizes, _distances.Sizes);
        long own = _lengths.Bits + Cost(_literals, _distances), common = Cost(s_fixedLiterals, s_fixedDistances);
        long stored = ((raw.Length + MaxStored - 1) / MaxStored * 40L) + (raw.Length * 8L) + 8;
        if (stored <= Math.Min(own, common))
        {
            Store(raw, isLast, output);
            return;
        }

        Put(isLast ? 1u : 0u, 1, output);
        if (common <= own)
        {
            Put(1, 2, output);
            Emit(tokens, s_fixedLiterals, s_fixedDistances, output);
        }
        else
        {
            Put(2, 2, output);
            foreach ((int bits, int size) in _lengths.Header)
            {
                Put((uint)bits, size, output);
            }

            Emit(tokens, _literals, _distances, output);
        }
    }

    /// <summary>Fills the last byte; gives the output's length.</summary>
    public int Finish(Span<byte> output)
    {
        Put(0, -_held & 7, output);
        return _at;
    }

    private static int LengthExtra(int symbol) => symbol is < 8 or 28 ? 0 : (symbol - 4) >> 2;

    private static int DistanceExtra(int symbol) => symbol < 4 ? 0 : (symbol - 2) >> 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(int distance) => distance < 256 ? distance : 256 + (distance >> 7);

    private void Count(ReadOnlySpan<uint> tokens)
    {
        Array.Clear(_literalCounts);
        Array.Clear(_distanceCounts);
        foreach (uint token in tokens)
        {
            if (token < MatchFlag)
            {
                _literalCounts[token]++;
            }
            else
            {
                _literalCounts[257 + s_lengthSymbol[(token >> 16) & 0xFF]]++;
                _distanceCounts[s_distanceSymbol[Slot((int)(token & 0xFFFF))]]++;
            }
        }

        _literalCounts[EndOfBlock] = 1;
    }

    private long Cost(HuffmanCode literals, HuffmanCode distances)
    {
        long bits = 3;
        for (int symbol = 0; symbol < 286; symbol++)
        {
            bits += (long)_literalCounts[symbol] * (literals.Sizes[symbol] + (symbol > EndOfBlock ? LengthExtra(symbol - 257) : 0));
        }

        for (int symbol = 0; symbol < 30; symbol++)
        {
            bits += (long)_distanceCounts[symbol] * (distances.Sizes[symbol] + DistanceExtra(symbol));
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Emit(ReadOnlySpan<uint> tokens, HuffmanCode literals, HuffmanCode distances, Span<byte> output)
    {
        for (int length = 0; length < 256; length++)
        {
            int symbol = s_lengthSymbol[length], size = literals.Sizes[257 + symbol];
            _matchBits[length] = literals.Codes[257 + symbol] | (uint)(length - s_lengthBase[symbol]) << size;
            _matchSizes[length] = (byte)(size + LengthExtra(symbol));
        }

        ReadOnlySpan<ushort> literalCodes = literals.Codes;
        ReadOnlySpan<byte> literalSizes = literals.Sizes;
        ulong bits = _bits;
        int held = _held, at = _at;
        foreach (uint token in tokens)
        {
            if (token < MatchFlag)
            {
                bits |= (ulong)literalCodes[(int)token] << held;
                held += literalSizes[(int)token];
            }
            else
            {
                int length = (int)(token >> 16) & 0xFF, distance = (int)(token & 0xFFFF), symbol = s_distanceSymbol[Slot(distance)];
                bits |= (ulong)_matchBits[length] << held;
                held += _matchSizes[length];
                bits |= (distances.Codes[symbol] | (ulong)(uint)(distance - s_distanceBase[symbol]) << distances.Sizes[symbol]) << held;
                held += distances.Sizes[symbol] + DistanceExtra(symbol);
            }

            // At most 7 bits stay, and a token has at most 48.
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(output[at..], bits);
            at += held >> 3;
            bits >>= held & ~7;
            held &= 7;
        }

        (_bits, _held, _at) = (bits, held, at);
        Put(literals.Codes[EndOfBlock], literals.Sizes[EndOfBlock], output);
    }

    private void Store(ReadOnlySpan<byte> raw, bool isLast, Span<byte> output)
    {
        do
        {
            ReadOnlySpan<byte> part = raw[..Math.Min(raw.Length, MaxStored)];
            raw = raw[part.Length..];
            Put(isLast && raw.IsEmpty ? 1u : 0u, 3, output);
            Put(0, -_held & 7, output);
            Put((uint)part.Length, 16, output);
            Put((uint)~part.Length & 0xFFFF, 16, output);
            part.CopyTo(output[_at..]);
            _at += part.Length;
        }
        while (!raw.IsEmpty);
    }

    // At most 16 bits at a time.
    private void Put(uint value, int size, Span<byte> output)
    {
        _bits |= (ulong)value << _held;
        _held += size;
        for (; _held >= 8; _held -= 8, _bits >>= 8)
        {
            output[_at++] = (byte)_bits;
        }
    }
}
