namespace BaseImage.Engine.Building;

/// <summary>
/// Reads streams one after the other, each disposed of when it was read. They are open beforehand, so that decompression,
/// which reads without waiting, can read this.
/// </summary>
internal sealed class ConcatenatedStream(IReadOnlyList<Stream> parts) : Stream
{
    private int _next;
    private long _position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; !buffer.IsEmpty && _next < parts.Count; _next++)
        {
            int read = await parts[_next].ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read > 0)
            {
                _position += read;
                return read;
            }

            await parts[_next].DisposeAsync().ConfigureAwait(false);
        }

        return 0;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        for (; !buffer.IsEmpty && _next < parts.Count; _next++)
        {
            int read = parts[_next].Read(buffer);
            if (read > 0)
            {
                _position += read;
                return read;
            }

            parts[_next].Dispose();
        }

        return 0;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        for (; _next < parts.Count; _next++)
        {
            await parts[_next].DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        for (; disposing && _next < parts.Count; _next++)
        {
            parts[_next].Dispose();
        }

        base.Dispose(disposing);
    }
}
