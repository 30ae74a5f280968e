using System.Globalization;
using System.Net;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// A blob as it comes, to be read asynchronously. Where the connection is cut or falls silent it is taken up again from the
/// byte that is due, as long as something comes in between. Nothing is checked here but the count. Source: RFC 9110, section 14.
/// </summary>
/// <param name="connection">The registry.</param>
/// <param name="request">Asks for the blob.</param>
/// <param name="first">The first answer, from <paramref name="start"/> on; null to ask for it.</param>
/// <param name="start">The first byte that is given.</param>
/// <param name="size">The whole blob's bytes.</param>
internal sealed class ResumingStream(RegistryConnection connection, RegistryRequest request, HttpResponseMessage? first, long start, long size) : Stream
{
    // Less than this between two cuts is no headway: a server that gives a byte a time would keep one for ever.
    private const long Headway = 4 << 10;

    private readonly long _begun = connection.Options.Time.GetTimestamp();
    private HttpResponseMessage? _response = first;
    private Stream? _body;
    private readonly long _start = start;
    private long _position = start;
    private long _mark = start;
    private int _failures;

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
        while (true)
        {
            try
            {
                _body ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                int count = await ReadOnceAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0 && buffer.Length > 0 && _position < size)
                {
                    throw new RegistryFailureException(string.Create(CultureInfo.InvariantCulture, $"the blob was cut off after {_position} of {size} bytes"));
                }

                _position += count;
                RequireSpeed();
                return count;
            }
            catch (RegistryFailureException e)
            {
                Drop();
                _failures = _position - _mark >= Headway ? 1 : _failures + 1;
                _mark = _position;
                if (_failures >= connection.Options.Attempts)
                {
                    throw new RegistryUnavailableException(connection.Name, request.What, e.Message, e.InnerException);
                }

                await RegistryRetry.WaitAsync(connection.Options, _failures, e.RetryAfter, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Not here: taking a transfer up again has to be waited for.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A registry's blob is read asynchronously.");

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
            Drop();
        }

        base.Dispose(disposing);
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        bool again = _response is null;
        HttpResponseMessage response = _response ??= await connection.SendOnceAsync(request with { From = _position, Expected = [HttpStatusCode.RequestedRangeNotSatisfiable] }, cancellationToken).ConfigureAwait(false);
        long skip = !again || _position == 0 ? 0 : response switch
        {
            { StatusCode: HttpStatusCode.PartialContent, Content.Headers.ContentRange: { Unit: "bytes" } range } when range.From == _position => 0,

            // It sends the whole once more.
            { StatusCode: HttpStatusCode.OK } => _position,
            _ => throw new RegistryAnswerInvalidException(connection.Name, "it gives another part of a blob than was asked for"),
        };
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (skip > 0)
        {
            _body = body;
            byte[] passed = new byte[1 << 16];
            for (int count; skip > 0; skip -= count)
            {
                count = await ReadOnceAsync(passed.AsMemory(0, (int)Math.Min(passed.Length, skip)), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    throw new RegistryFailureException("the blob was cut off");
                }
            }
        }

        return body;
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using IdleClock clock = new(connection.Options.IdleTimeout, cancellationToken);
        try
        {
            return await _body!.ReadAsync(buffer, clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFailureException(string.Create(CultureInfo.InvariantCulture, $"nothing came for {connection.Options.IdleTimeout.TotalSeconds:0} seconds"), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RegistryFailureException("the connection was cut", e);
        }
    }

    private void RequireSpeed()
    {
        RegistryOptions options = connection.Options;
        TimeSpan elapsed = options.Time.GetElapsedTime(_begun);
        if (elapsed > options.SlowGrace && _position - _start < elapsed.TotalSeconds * options.MinimumBytesPerSecond)
        {
            throw new RegistryUnavailableException(connection.Name, request.What, string.Create(CultureInfo.InvariantCulture, $"it sent {_position - _start} bytes in {elapsed.TotalSeconds:0} seconds, which is too slow"));
        }
    }

    private void Drop()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
