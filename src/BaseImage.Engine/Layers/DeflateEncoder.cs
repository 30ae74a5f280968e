using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Compresses one buffer to DEFLATE (RFC 1951). Its bytes depend on the input alone: the same on every runtime, processor
/// and number of workers, which no encoder that comes with a runtime promises. Matches of four bytes and more come from
/// hash chains, put off by a byte where the next position has a longer one; codes are made anew every
/// <see cref="MaxTokens"/> tokens. An encoder is used by one thread at a time and again for any number of buffers.
/// </summary>
internal sealed class DeflateEncoder
{
    /// <summary>What decides the bytes: raised whenever the same input would become others.</summary>
    public const string Version = "BaseImage-deflate-1";

    private const int Window = 1 << 15;
    private const int HashBits = 15;
    private const int MinMatch = 4;
    private const int MaxMatch = 258;
    private const int MaxTokens = 24 << 10;

    // How hard it looks: candidates tried at a position, fewer once there is a good match, none once it is long enough.
    private const int MaxChain = 12;
    private const int Good = 8;
    private const int Nice = 48;
    private const int Lazy = 16;

    private readonly int[] _head = new int[1 << HashBits];
    private readonly int[] _previous = new int[Window];
    private readonly uint[] _tokens = new uint[MaxTokens];
    private readonly DeflateBlockWriter _writer = new();
    private int _count;
    private int _inserted; // positions below it are in the chains

    /// <summary>The most bytes that a buffer of that length can become.</summary>
    public static int MaxOutput(int length) => length + (length >> 8) + 1024;

    /// <summary>Compresses.</summary>
    /// <param name="input">The whole input.</param>
    /// <param name="output">At least <see cref="MaxOutput"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Encode(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Array.Clear(_head);
        (_count, _inserted) = (0, 0);
        _writer.Start();
        int position = 0, blockStart = 0;
        do
        {
            position = Parse(input, position);
            _writer.Write(_tokens.AsSpan(0, _count), input[blockStart..position], position == input.Length, output);
            (blockStart, _count) = (position, 0);
        }
        while (position < input.Length);
        return _writer.Finish(output);
    }

    // Fills the tokens from a position on; gives the position after the last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Parse(ReadOnlySpan<byte> input, int position)
    {
        ref byte data = ref MemoryMarshal.GetReference(input);
        ref uint tokens = ref MemoryMarshal.GetArrayDataReference(_tokens);
        int count = 0, last = input.Length - MinMatch;
        // A literal may go ahead of a match that was put off, so that two tokens can come of one turn.
        while (position <= last && count < MaxTokens - Lazy)
        {
            int distance = 0, length = Find(ref data, input.Length, position, MinMatch - 1, MaxChain, ref distance);
            if (length < MinMatch)
            {
                Unsafe.Add(ref tokens, count++) = Unsafe.Add(ref data, position++);
                continue;
            }

            int deferred = 0;
            while (length < Lazy && position < last && deferred < Lazy - 1)
            {
                int laterDistance = 0, later = Find(ref data, input.Length, position + 1, length, length >= Good ? MaxChain >> 2 : MaxChain, ref laterDistance);
                if (later <= length)
                {
                    break;
                }

                Unsafe.Add(ref tokens, count++) = Unsafe.Add(ref data, position++);
                (length, distance) = (later, laterDistance);
                deferred++;
            }

            Unsafe.Add(ref tokens, count++) = DeflateBlockWriter.Match(length, distance);
            position += length;
            Insert(ref data, Math.Min(position, last + 1));
        }

        if (position > last)
        {
            while (position < input.Length && count < MaxTokens)
            {
                Unsafe.Add(ref tokens, count++) = Unsafe.Add(ref data, position++);
            }
        }

        _count = count;
        return position;
    }

    // The longest match at a position that is longer than what there is, of those near the chain's start; enters the position.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(ref byte data, int end, int position, int best, int chain, ref int distance)
    {
        ref int head = ref MemoryMarshal.GetArrayDataReference(_head);
        ref int previous = ref MemoryMarshal.GetArrayDataReference(_previous);
        uint start = Load32(ref data, position);
        ref int bucket = ref Unsafe.Add(ref head, Hash(start));
        int candidate = bucket - 1;
        Unsafe.Add(ref previous, position & (Window - 1)) = bucket;
        bucket = position + 1;
        _inserted = position + 1;
        int max = Math.Min(MaxMatch, end - position), floor = Math.Max(position - Window, -1);
        if (best >= max)
        {
            return 0;
        }

        int found = 0;
        uint tail = Load32(ref data, position + best - 3);
        while (candidate > floor && chain-- > 0)
        {
            if (Load32(ref data, candidate + best - 3) == tail && Load32(ref data, candidate) == start)
            {
                int length = MatchLength(ref data, candidate, position, max);
                if (length > best)
                {
                    (best, found, distance) = (length, length, position - candidate);
                    if (length >= Nice || length == max)
                    {
                        break;
                    }

                    tail = Load32(ref data, position + best - 3);
                }
            }

            candidate = Unsafe.Add(ref previous, candidate & (Window - 1)) - 1;
        }

        return found;
    }

    private void Insert(ref byte data, int end)
    {
        ref int head = ref MemoryMarshal.GetArrayDataReference(_head);
        ref int previous = ref MemoryMarshal.GetArrayDataReference(_previous);
        for (int position = _inserted; position < end; position++)
        {
            ref int bucket = ref Unsafe.Add(ref head, Hash(Load32(ref data, position)));
            Unsafe.Add(ref previous, position & (Window - 1)) = bucket;
            bucket = position + 1;
        }

        _inserted = Math.Max(_inserted, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(ref byte data, int candidate, int position, int max)
    {
        int length = MinMatch;
        for (; length + 8 <= max; length += 8)
        {
            ulong difference = Load64(ref data, candidate + length) ^ Load64(ref data, position + length);
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            }
        }

        while (length < max && Unsafe.Add(ref data, candidate + length) == Unsafe.Add(ref data, position + length))
        {
            length++;
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(uint start) => (int)((start * 2654435761u) >> (32 - HashBits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Load32(ref byte data, int position)
    {
        uint value = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref data, position));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load64(ref byte data, int position)
    {
        ulong value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref data, position));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}
