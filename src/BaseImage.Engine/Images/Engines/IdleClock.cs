namespace BaseImage.Engine.Images.Engines;

/// <summary>Cancels when nothing has moved for a while, or when the caller does.</summary>
internal sealed class IdleClock : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _patience;

    internal IdleClock(TimeSpan patience, CancellationToken cancellationToken)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _patience = patience;
        Restart();
    }

    internal CancellationToken Token => _source.Token;

    /// <summary>Something has moved.</summary>
    internal void Restart() => _source.CancelAfter(_patience);

    /// <summary>Something has moved, and what comes next may take so long.</summary>
    internal void Restart(TimeSpan patience) => _source.CancelAfter(patience);

    public void Dispose() => _source.Dispose();
}

/// <summary>A stream of an engine's: counted, and ended by a silence.</summary>
internal sealed class EngineStream(Stream inner, TimeSpan patience, EngineTraffic traffic) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using IdleClock clock = new(patience, cancellationToken);
        try
        {
            int read = await inner.ReadAsync(buffer, clock.Token).ConfigureAwait(false);
            traffic.Received(read);
            return read;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing came for {patience.TotalSeconds:0} seconds", e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = inner.Read(buffer, offset, count);
        traffic.Received(read);
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
