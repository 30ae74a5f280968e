using System.Buffers;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Cuts what is written into blocks of the codec's size and compresses them on several workers, in order. Memory is
/// bounded by the workers: each has one raw block and its output. A block that no worker has begun when its turn comes is
/// compressed by the writing thread itself, so that a busy thread pool slows nothing down and can never lock it up.
/// The destination is written to by the writing thread alone.
/// </summary>
internal sealed class CompressorStream : Stream
{
    private readonly Codec _codec;
    private readonly Stream _destination;
    private readonly bool _leaveOpen;
    private readonly Block[] _ring;
    private readonly List<int> _sizes = [];
    private int _next;
    private bool _finished;

    internal CompressorStream(Codec codec, Stream destination, int workers, bool leaveOpen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        (_codec, _destination, _leaveOpen) = (codec, destination, leaveOpen);
        _ring = new Block[workers];
        for (int i = 0; i < workers; i++)
        {
            _ring[i] = new Block();
        }
    }

    /// <summary>Raw bytes written so far.</summary>
    public long BytesIn { get; private set; }

    /// <summary>Compressed bytes that have reached the destination.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Compressed bytes of each block that has reached the destination.</summary>
    public IReadOnlyList<int> BlockSizes => _sizes;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => !_finished;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => BytesIn; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        BytesIn += buffer.Length;
        while (!buffer.IsEmpty)
        {
            Block block = _ring[_next];
            block.Raw ??= ArrayPool<byte>.Shared.Rent(_codec.BlockSize);
            int take = Math.Min(buffer.Length, _codec.BlockSize - block.Length);
            buffer[..take].CopyTo(block.Raw.AsSpan(block.Length));
            block.Length += take;
            buffer = buffer[take..];
            if (block.Length == _codec.BlockSize)
            {
                Dispatch(block);
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: a flush in the middle would move the blocks' boundaries.</summary>
    public override void Flush()
    {
    }

    /// <summary>Compresses and writes what is left. Called by Dispose; by itself for those who want its errors.</summary>
    public void Finish()
    {
        if (_finished)
        {
            return;
        }
        _finished = true;
        try
        {
            if (_ring[_next].Length > 0)
            {
                Dispatch(_ring[_next]);
            }
            for (int i = 0; i < _ring.Length; i++)
            {
                Collect(_ring[(_next + i) % _ring.Length]);
            }
        }
        finally
        {
            foreach (Block block in _ring)
            {
                block.Release();
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                Finish();
            }
            finally
            {
                if (!_leaveOpen)
                {
                    _destination.Dispose();
                }
            }
        }
        base.Dispose(disposing);
    }

    private void Dispatch(Block block)
    {
        block.Sent = true;
        if (_ring.Length > 1)
        {
            _ = Task.Run(() => block.TryCompress(_codec));
        }
        _next = (_next + 1) % _ring.Length;
        Collect(_ring[_next]); // the oldest, whose place the next block takes
    }

    private void Collect(Block block)
    {
        if (!block.Sent)
        {
            return;
        }
        // While another thread is at it, those behind it are begun with, so that the writing thread does not stand idle.
        for (int i = 1; !block.TryCompress(_codec); i++)
        {
            Block behind = _ring[(Array.IndexOf(_ring, block) + i) % _ring.Length];
            if (behind == block)
            {
                block.Compress(_codec);
                break;
            }

            behind.TryCompress(_codec);
        }

        _sizes.Add((int)block.Output.Length);
        BytesOut += block.Output.Length;
        _destination.Write(block.Output.GetBuffer(), 0, (int)block.Output.Length);
        block.Clear();
    }

    /// <summary>A block's turn: whoever takes its lock first compresses it, the other finds it done.</summary>
    private sealed class Block
    {
        private bool _done;

        public byte[]? Raw { get; set; }

        public int Length { get; set; }

        public bool Sent { get; set; }

        public MemoryStream Output { get; } = new();

        /// <summary>Compresses it, or waits for who is at it.</summary>
        public void Compress(Codec codec)
        {
            lock (Output)
            {
                CompressLocked(codec);
            }
        }

        /// <summary>Compresses it unless another thread is at it: then false.</summary>
        public bool TryCompress(Codec codec)
        {
            if (!Monitor.TryEnter(Output))
            {
                return false;
            }

            try
            {
                CompressLocked(codec);
                return true;
            }
            finally
            {
                Monitor.Exit(Output);
            }
        }

        private void CompressLocked(Codec codec)
        {
            if (!Sent || _done)
            {
                return;
            }

            // An error leaves the block undone: the writing thread meets it again when it collects, and throws it.
            Output.SetLength(0);
            codec.CompressBlock(Raw!, Length, Output);
            _done = true;
        }

        public void Clear()
        {
            lock (Output)
            {
                (Sent, _done, Length) = (false, false, 0);
                Output.SetLength(0);
            }
        }

        public void Release()
        {
            lock (Output)
            {
                (Sent, _done, Length) = (false, false, 0);
                if (Raw is not null)
                {
                    ArrayPool<byte>.Shared.Return(Raw);
                    Raw = null;
                }
            }
        }
    }
}
