using System.Buffers;

namespace BaseImage.Engine.Packages;

/// <summary>
/// The stanzas of a universe as bytes, in large blocks: no object a stanza. The blocks are lent by the shared pool, so that
/// the next platform's stanzas lie where this one's did.
/// </summary>
internal sealed class StanzaRows : IDisposable
{
    private const int BlockSize = 1 << 20;

    private readonly List<byte[]> _blocks = [];
    private (int Block, int Start, int Length)[] _rows = new (int, int, int)[1024];
    private int _used = BlockSize;

    /// <summary>Stanzas kept.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a stanza and returns its row.</summary>
    public int Add(ReadOnlySpan<byte> stanza)
    {
        if (_blocks.Count == 0 || _blocks[^1].Length - _used < stanza.Length)
        {
            _blocks.Add(ArrayPool<byte>.Shared.Rent(Math.Max(BlockSize, stanza.Length)));
            _used = 0;
        }

        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Count * 2);
        }

        stanza.CopyTo(_blocks[^1].AsSpan(_used));
        _rows[Count] = (_blocks.Count - 1, _used, stanza.Length);
        _used += stanza.Length;
        return Count++;
    }

    /// <summary>A stanza's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes(int row)
    {
        (int block, int start, int length) = _rows[row];
        return _blocks[block].AsMemory(start, length);
    }

    /// <summary>Gives the blocks back; no stanza may be looked at after this.</summary>
    public void Dispose()
    {
        _blocks.ForEach(block => ArrayPool<byte>.Shared.Return(block));
        _blocks.Clear();
        Count = 0;
    }

    /// <summary>Forgets every stanza after the first <paramref name="count"/>; their room is not used again.</summary>
    public void Truncate(int count) => Count = count;
}
