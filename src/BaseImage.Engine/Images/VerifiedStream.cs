using System.Security.Cryptography;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>
/// Passes a stream on and checks it: no byte beyond the promised size is handed out, and the read that meets the end
/// fails unless size and digest are right. What was read before that end must not be acted on.
/// </summary>
internal sealed class VerifiedStream : Stream
{
    private readonly Stream _inner;
    private readonly string _name;
    private readonly Digest _digest;
    private readonly long? _size;
    private readonly Stream? _behind;
    private readonly IncrementalHash _hash;
    private long _read;
    private bool _ended;

    /// <summary>Checks <paramref name="inner"/>, which is disposed of with this stream.</summary>
    /// <param name="inner">The bytes.</param>
    /// <param name="name">What to call them in errors.</param>
    /// <param name="digest">Their digest.</param>
    /// <param name="size">Their number; null where only the digest is known.</param>
    /// <param name="behind">
    /// What <paramref name="inner"/> decompresses: read to its end too, since a decoder may stop before the last byte and
    /// with it before the check. Disposed of with this stream.
    /// </param>
    internal VerifiedStream(Stream inner, string name, Digest digest, long? size, Stream? behind = null)
    {
        (_inner, _name, _digest, _size, _behind) = (inner, name, digest, size, behind);
        _hash = IncrementalHash.CreateHash(digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.Length == 0)
        {
            return 0;
        }

        int count = _inner.Read(buffer);
        if (count == 0)
        {
            _behind?.CopyTo(Null);
        }

        Check(buffer[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.Length == 0)
        {
            return 0;
        }

        int count = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count == 0 && _behind is not null)
        {
            await _behind.CopyToAsync(Null, cancellationToken).ConfigureAwait(false);
        }

        Check(buffer.Span[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _behind?.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> piece)
    {
        _read += piece.Length;
        if (_read > _size)
        {
            throw new ImageBlobCorruptException(_name, $"it has more than the {_size} bytes that its descriptor promises");
        }

        if (piece.Length > 0)
        {
            _hash.AppendData(piece);
            return;
        }

        _ended = true;
        if (_size is { } size && _read != size)
        {
            throw new ImageBlobCorruptException(_name, $"it has {_read} bytes where its descriptor promises {size}");
        }

        string actual = _digest.Algorithm + ":" + Convert.ToHexString(_hash.GetHashAndReset()).ToLowerInvariant();
        if (actual != _digest.ToString())
        {
            throw new ImageBlobCorruptException(_name, $"its digest is {actual} where {_digest} is promised");
        }
    }
}
