namespace BaseImage.Engine.Layers;

/// <summary>
/// Reads a stream ahead on a thread of its own, so that decompressing and looking at what comes out share two processors.
/// A few buffers bound the memory. What the stream throws comes out where the reader would have met it.
/// </summary>
internal sealed class ReadAheadStream : ReadOnlyForwardStream
{
    private const int Buffers = 6, BufferSize = 256 * 1024;

    private readonly object _gate = new();
    private readonly Queue<(byte[] Buffer, int Length)> _filled = new();
    private readonly Queue<byte[]> _free = new();
    private readonly Stream _inner;
    private readonly Task _producer;
    private (byte[] Buffer, int Length) _current = ([], 0);
    private int _position;
    private Exception? _failure;
    private bool _ended, _stopped;

    /// <summary>Starts to read; the stream is disposed of with this one.</summary>
    public ReadAheadStream(Stream inner)
    {
        _inner = inner;
        for (int i = 0; i < Buffers; i++)
        {
            _free.Enqueue(new byte[BufferSize]);
        }

        // A thread of its own: the pool's few may all be waiting for what this one gives.
        _producer = Task.Factory.StartNew(Produce, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_position == _current.Length && !Next())
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _current.Length - _position);
        _current.Buffer.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        await _producer.ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private bool Next()
    {
        lock (_gate)
        {
            if (_current.Buffer.Length > 0)
            {
                _free.Enqueue(_current.Buffer);
                (_current, _position) = (([], 0), 0);
                Monitor.PulseAll(_gate);
            }

            while (_filled.Count == 0 && !_ended)
            {
                Monitor.Wait(_gate);
            }

            if (_filled.TryDequeue(out _current))
            {
                return true;
            }

            _current = ([], 0);
            return _failure is null ? false : throw _failure;
        }
    }

    private void Produce()
    {
        try
        {
            while (Free() is { } buffer)
            {
                // Full buffers, so that the two threads meet seldom.
                int length = 0;
                for (int read; length < buffer.Length && (read = _inner.Read(buffer, length, buffer.Length - length)) > 0;)
                {
                    length += read;
                }

                lock (_gate)
                {
                    if (length > 0)
                    {
                        _filled.Enqueue((buffer, length));
                    }

                    _ended |= length < buffer.Length;
                    Monitor.PulseAll(_gate);
                    if (_ended)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                (_failure, _ended) = (e, true);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private byte[]? Free()
    {
        lock (_gate)
        {
            while (_free.Count == 0 && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            return _stopped ? null : _free.Dequeue();
        }
    }
}
