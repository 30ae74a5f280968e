using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Decodes the LZMA data of LZMA2 chunks into a window. What a chunk says can only send it wrong inside its own bounds: every
/// index into the model comes from a fixed number of bits, distances are held against what the window has, and a chunk has
/// <see cref="Slack"/> zeros after it, more than one symbol can take before the end is looked at. Source: the LZMA
/// specification of the LZMA SDK.
/// </summary>
internal sealed class LzmaDecoder : IDisposable
{
    /// <summary>Bytes of zero that must follow a chunk's data.</summary>
    public const int Slack = 32;

    private const int States = 12;
    private const int IsMatch = 0;
    private const int IsRep = IsMatch + (States << 4);
    private const int IsRep0 = IsRep + States;
    private const int IsRep1 = IsRep0 + States;
    private const int IsRep2 = IsRep1 + States;
    private const int IsRep0Long = IsRep2 + States;
    private const int Slots = IsRep0Long + (States << 4);
    private const int Special = Slots + (4 << 6);
    private const int Align = Special + 115;
    private const int MatchLength = Align + 16;
    private const int RepLength = MatchLength + LengthModel;
    private const int Literals = RepLength + LengthModel;
    // Of a length: two choices, 16 trees of 8 for short, 16 of 8 for middle, one of 256 for long ones.
    private const int LengthModel = 2 + 128 + 128 + 256;
    private const int MaxLiteralBits = 4;

    private readonly ushort[] _model = new ushort[Literals + (0x300 << MaxLiteralBits)];
    private byte[] _input = [];
    private int _next;
    private int _end;
    private uint _range;
    private uint _code;
    private uint _state;
    private uint _rep0;
    private uint _rep1;
    private uint _rep2;
    private uint _rep3;
    private int _pending;
    private int _literalContextBits;
    private uint _literalPositionMask;
    private uint _positionMask;

    /// <summary>Sets lc, lp and pb, and the state anew.</summary>
    public void SetProperties(int value)
    {
        int context = value % 9, literalPosition = value / 9 % 5, position = value / 45;
        if (value >= 225 || context + literalPosition > MaxLiteralBits)
        {
            throw new InvalidDataException("a chunk's properties are wrong");
        }

        (_literalContextBits, _literalPositionMask, _positionMask) = (context, (1u << literalPosition) - 1, (1u << position) - 1);
        ResetState();
    }

    /// <summary>Forgets what was learned.</summary>
    public void ResetState()
    {
        _model.AsSpan(0, Literals + (0x300 << (_literalContextBits + System.Numerics.BitOperations.PopCount(_literalPositionMask)))).Fill(1024);
        (_state, _rep0, _rep1, _rep2, _rep3) = (0, 0, 0, 0, 0);
    }

    /// <summary>Begins a chunk.</summary>
    /// <param name="input">The chunk's data at the start, with zeros after it.</param>
    /// <param name="length">How much of it is the chunk's.</param>
    public void Begin(byte[] input, int length)
    {
        if (length < 5 || input[0] != 0)
        {
            throw new InvalidDataException("a chunk does not begin as one");
        }

        (_input, _next, _end, _pending) = (input, 5, length, 0);
        (_range, _code) = (uint.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan(1)));
    }

    /// <summary>Ends a chunk: all of its data was used, and nothing was cut.</summary>
    public void End()
    {
        if (_range < 1 << 24)
        {
            _range <<= 8;
            _code = (_code << 8) | _input[_next++];
        }

        if (_next != _end || _code != 0 || _pending != 0)
        {
            throw new InvalidDataException("a chunk has another size than it says");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _input = [];

    /// <summary>Decodes exactly so many bytes.</summary>
    /// <param name="window">The window: the dictionary, used in a circle.</param>
    /// <param name="at">Where the bytes go.</param>
    /// <param name="count">How many; they fit before the window's end.</param>
    /// <param name="filled">How many bytes of the window hold data.</param>
    public void Decode(Span<byte> window, int at, int count, int filled)
    {
        ref byte output = ref MemoryMarshal.GetReference(window);
        ref byte input = ref MemoryMarshal.GetArrayDataReference(_input);
        ref ushort model = ref MemoryMarshal.GetArrayDataReference(_model);
        int stop = at + count, capacity = window.Length, next = _next, end = _end;
        uint range = _range, code = _code, state = _state, rep0 = _rep0;
        uint positionMask = _positionMask, literalPositionMask = _literalPositionMask;
        int contextBits = _literalContextBits, length = _pending;
        while (true)
        {
            if (length > 0)
            {
                if (rep0 >= (uint)Math.Max(filled, at))
                {
                    throw new InvalidDataException("it copies from before its beginning");
                }

                int part = Math.Min(length, stop - at), distance = (int)rep0 + 1, from = at - distance;
                length -= part;
                if (from >= 0 && part <= distance)
                {
                    window.Slice(from, part).CopyTo(window.Slice(at, part));
                    at += part;
                }
                else
                {
                    from = from < 0 ? from + capacity : from;
                    for (; part > 0; part--)
                    {
                        Unsafe.Add(ref output, at++) = Unsafe.Add(ref output, from++);
                        from = from == capacity ? 0 : from;
                    }
                }
            }

            if (at == stop)
            {
                break;
            }

            if (next > end)
            {
                throw new InvalidDataException("a chunk has another size than it says");
            }

            uint place = (uint)at & positionMask;
            if (Bit(ref Unsafe.Add(ref model, IsMatch + (int)((state << 4) + place)), ref range, ref code, ref input, ref next) == 0)
            {
                uint previous = at > 0 ? Unsafe.Add(ref output, at - 1) : filled > 0 ? Unsafe.Add(ref output, capacity - 1) : 0u;
                ref ushort tree = ref Unsafe.Add(ref model, Literals + (int)(0x300 * ((((uint)at & literalPositionMask) << contextBits) + (previous >> (8 - contextBits)))));
                uint symbol = 1;
                if (state >= 7)
                {
                    if (rep0 >= (uint)Math.Max(filled, at))
                    {
                        throw new InvalidDataException("it copies from before its beginning");
                    }

                    int from = at - (int)rep0 - 1;
                    uint match = (uint)Unsafe.Add(ref output, from < 0 ? from + capacity : from) << 1, offset = 0x100;
                    do
                    {
                        uint bit = match & offset;
                        ref ushort node = ref Unsafe.Add(ref tree, (int)(offset + bit + symbol));
                        match <<= 1;
                        if (range < 1 << 24)
                        {
                            range <<= 8;
                            code = (code << 8) | Unsafe.Add(ref input, next++);
                        }

                        uint chance = node, bound = (range >> 11) * chance;
                        uint zero = (uint)((long)((ulong)code - bound) >> 63);
                        range -= bound;
                        range += (bound - range) & zero;
                        code -= bound & ~zero;
                        node = (ushort)(chance - (uint)((int)(chance + (zero & unchecked((uint)(31 - 2048)))) >> 5));
                        symbol = (symbol << 1) + 1 + zero;
                        offset &= bit ^ zero;
                    }
                    while (symbol < 0x100);
                }
                else
                {
                    do
                    {
                        ref ushort node = ref Unsafe.Add(ref tree, (nint)symbol);
                        if (range < 1 << 24)
                        {
                            range <<= 8;
                            code = (code << 8) | Unsafe.Add(ref input, next++);
                        }

                        uint chance = node, bound = (range >> 11) * chance;
                        // all ones for a 0
                        uint zero = (uint)((long)((ulong)code - bound) >> 63);
                        range -= bound;
                        range += (bound - range) & zero;
                        code -= bound & ~zero;
                        node = (ushort)(chance - (uint)((int)(chance + (zero & unchecked((uint)(31 - 2048)))) >> 5));
                        symbol = (symbol << 1) + 1 + zero;
                    }
                    while (symbol < 0x100);
                }

                Unsafe.Add(ref output, at++) = (byte)symbol;
                state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
                continue;
            }

            int lengths = RepLength;
            bool isMatch = false;
            if (Bit(ref Unsafe.Add(ref model, IsRep + (int)state), ref range, ref code, ref input, ref next) == 0)
            {
                (_rep3, _rep2, _rep1) = (_rep2, _rep1, rep0);
                (isMatch, lengths) = (true, MatchLength);
                state = state < 7 ? 7u : 10u;
            }
            else
            {
                if (Bit(ref Unsafe.Add(ref model, IsRep0 + (int)state), ref range, ref code, ref input, ref next) == 0)
                {
                    if (Bit(ref Unsafe.Add(ref model, IsRep0Long + (int)((state << 4) + place)), ref range, ref code, ref input, ref next) == 0)
                    {
                        state = state < 7 ? 9u : 11u;
                        length = 1;
                        continue;
                    }
                }
                else if (Bit(ref Unsafe.Add(ref model, IsRep1 + (int)state), ref range, ref code, ref input, ref next) == 0)
                {
                    (rep0, _rep1) = (_rep1, rep0);
                }
                else if (Bit(ref Unsafe.Add(ref model, IsRep2 + (int)state), ref range, ref code, ref input, ref next) == 0)
                {
                    (rep0, _rep1, _rep2) = (_rep2, rep0, _rep1);
                }
                else
                {
                    (rep0, _rep1, _rep2, _rep3) = (_rep3, rep0, _rep1, _rep2);
                }

                state = state < 7 ? 8u : 11u;
            }

            int tree0, leaves, lowest;
            if (Bit(ref Unsafe.Add(ref model, lengths), ref range, ref code, ref input, ref next) == 0)
            {
                (tree0, leaves, lowest) = (lengths + 2 + (int)(place << 3), 8, 2);
            }
            else if (Bit(ref Unsafe.Add(ref model, lengths + 1), ref range, ref code, ref input, ref next) == 0)
            {
                (tree0, leaves, lowest) = (lengths + 2 + 128 + (int)(place << 3), 8, 10);
            }
            else
            {
                (tree0, leaves, lowest) = (lengths + 2 + 256, 256, 18);
            }

            length = Tree(ref Unsafe.Add(ref model, tree0), leaves, ref range, ref code, ref input, ref next) - leaves + lowest;
            if (!isMatch)
            {
                continue;
            }

            int slot = Tree(ref Unsafe.Add(ref model, Slots + (Math.Min(length - 2, 3) << 6)), 64, ref range, ref code, ref input, ref next) - 64;
            if (slot < 4)
            {
                rep0 = (uint)slot;
                continue;
            }

            int footer = (slot >> 1) - 1;
            rep0 = 2u | (uint)(slot & 1);
            int reverse = Align, bits = 4;
            if (slot < 14)
            {
                rep0 <<= footer;
                (reverse, bits) = (Special + (int)rep0 - slot - 1, footer);
            }
            else
            {
                for (int i = footer - 4; i > 0; i--)
                {
                    if (range < 1 << 24)
                    {
                        range <<= 8;
                        code = (code << 8) | Unsafe.Add(ref input, next++);
                    }

                    range >>= 1;
                    code -= range;
                    uint borrow = 0u - (code >> 31);
                    code += range & borrow;
                    rep0 = (rep0 << 1) + borrow + 1;
                }

                rep0 <<= 4;
            }

            uint low = 1;
            for (int i = 0; i < bits; i++)
            {
                uint bit = Step(ref Unsafe.Add(ref model, reverse + (int)low), ref range, ref code, ref input, ref next);
                low = (low << 1) + bit;
                rep0 += bit << i;
            }

            if (rep0 == uint.MaxValue)
            {
                throw new InvalidDataException("a chunk has an end marker");
            }
        }

        (_next, _range, _code, _state, _rep0, _pending) = (next, range, code, state, rep0, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bit(ref ushort node, ref uint range, ref uint code, ref byte input, ref int next)
    {
        if (range < 1 << 24)
        {
            range <<= 8;
            code = (code << 8) | Unsafe.Add(ref input, next++);
        }

        uint chance = node, bound = (range >> 11) * chance;
        if (code < bound)
        {
            range = bound;
            node = (ushort)(chance + ((2048 - chance) >> 5));
            return 0;
        }

        range -= bound;
        code -= bound;
        node = (ushort)(chance - (chance >> 5));
        return 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(ref ushort node, ref uint range, ref uint code, ref byte input, ref int next)
    {
        if (range < 1 << 24)
        {
            range <<= 8;
            code = (code << 8) | Unsafe.Add(ref input, next++);
        }

        uint chance = node, bound = (range >> 11) * chance;
        uint zero = (uint)((long)((ulong)code - bound) >> 63);
        range -= bound;
        range += (bound - range) & zero;
        code -= bound & ~zero;
        node = (ushort)(chance - (uint)((int)(chance + (zero & unchecked((uint)(31 - 2048)))) >> 5));
        return zero + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Tree(ref ushort nodes, int leaves, ref uint range, ref uint code, ref byte input, ref int next)
    {
        int symbol = 1;
        do
        {
            symbol = (symbol << 1) + (int)Step(ref Unsafe.Add(ref nodes, (nint)(uint)symbol), ref range, ref code, ref input, ref next);
        }
        while (symbol < leaves);
        return symbol;
    }
}
