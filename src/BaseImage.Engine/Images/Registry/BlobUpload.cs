using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// Brings one blob to a repository: taken from another one where the registry can, whole with one request where it is small, in
/// pieces otherwise. What was cut off is taken up again from where the registry says it got to.
/// Source: OCI Distribution Specification 1.1, "Pushing Blobs".
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="descriptor">The blob.</param>
/// <param name="openAsync">Opens it from its start.</param>
internal sealed class BlobUpload(RegistryClient client, OciDescriptor descriptor, Func<CancellationToken, ValueTask<Stream>> openAsync) : IAsyncDisposable
{
    // Smaller blobs go with one request; what of one is cut off goes in a way that can be taken up again.
    private const long Whole = 1 << 20;

    // Less than this between two cuts is no headway.
    private const long Headway = 4 << 10;

    private readonly RegistryConnection _connection = client.Connection;
    private readonly string _what = $"take the blob {descriptor.Digest} into {client.Name}";
    private Stream? _source;
    private long _read;

    /// <summary>Does it.</summary>
    /// <param name="from">Another repository of the registry that may have it; null for none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>True where bytes were moved.</returns>
    internal async Task<bool> RunAsync(string? from, CancellationToken cancellationToken)
    {
        int failures = 0;
        long farthest = 0;
        bool begun = false;
        while (true)
        {
            long reached = 0;
            try
            {
                // Whoever lost the answer to the last request may have lost a yes.
                if (begun && await client.HasBlobAsync(descriptor, cancellationToken).ConfigureAwait(false))
                {
                    return true;
                }

                (string? location, long minimum) = await BeginAsync(from, cancellationToken).ConfigureAwait(false);
                if (location is null)
                {
                    return false;
                }

                (from, begun) = (null, true);
                await SendAsync(location, failures == 0 && descriptor.Size <= Whole, minimum, bytes => reached = Math.Max(reached, bytes), cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (RegistryUnauthorizedException) when (from is not null)
            {
                // Whoever may not read the other repository may write to this one all the same.
                from = null;
            }
            catch (RegistryFailureException e)
            {
                failures = reached >= farthest + Headway ? 1 : failures + 1;
                farthest = Math.Max(farthest, reached);
                if (failures >= _connection.Options.Attempts)
                {
                    throw new RegistryUnavailableException(_connection.Name, _what, e.Message, e.InnerException);
                }

                await RegistryRetry.WaitAsync(_connection.Options, failures, e.RetryAfter, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source is { } source)
        {
            (_source, _read) = (null, 0);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The upload's address; null where the registry has mounted the blob from the other repository.
    private async Task<(string? Location, long Minimum)> BeginAsync(string? from, CancellationToken cancellationToken)
    {
        string query = from is null ? "" : $"?mount={descriptor.Digest}&from={Uri.EscapeDataString(from)}";
        RegistryRequest request = client.Request(HttpMethod.Post, "blobs/uploads/" + query, _what) with { Content = _ => new ByteArrayContent([]) };
        request = from is null ? request : request with { Scopes = [.. request.Scopes, $"repository:{from}:pull"] };
        using HttpResponseMessage response = await _connection.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        if (from is not null && response.StatusCode == HttpStatusCode.Created)
        {
            return (null, 0);
        }

        long minimum = response.Headers.TryGetValues("OCI-Chunk-Min-Length", out IEnumerable<string>? values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long least) ? least : 0;
        return (LocationOf(response) ?? throw new RegistryAnswerInvalidException(_connection.Name, "it takes a blob without saying where to"), minimum);
    }

    private async Task SendAsync(string location, bool whole, long minimum, Action<long> reached, CancellationToken cancellationToken)
    {
        long sent = 0;
        int failures = 0;
        while (!whole && sent < descriptor.Size)
        {
            long count = Math.Min(descriptor.Size - sent, Math.Max(_connection.Options.ChunkBytes, minimum));
            try
            {
                (location, long? has) = await SendPieceAsync(location, sent, count, cancellationToken).ConfigureAwait(false);
                sent = has is null ? sent + count : has > sent && has <= sent + count ? has.Value : throw new RegistryFailureException("it is not where it was taken to be");
                failures = 0;
                reached(sent);
            }
            catch (RegistryFailureException e)
            {
                if (++failures >= _connection.Options.Attempts)
                {
                    throw;
                }

                await RegistryRetry.WaitAsync(_connection.Options, failures, e.RetryAfter, cancellationToken).ConfigureAwait(false);
                (location, long has) = await AskAsync(location, cancellationToken).ConfigureAwait(false);
                failures = has >= sent + Headway ? 0 : failures;
                sent = has;
                reached(sent);
            }
        }

        string last = location + (location.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "digest=" + Uri.EscapeDataString(descriptor.Digest.ToString());
        long rest = descriptor.Size - sent;
        using HttpResponseMessage response = await _connection.SendOnceAsync(new RegistryRequest(HttpMethod.Put, last, client.Request(HttpMethod.Put, "", "").Scopes, _what)
        {
            Content = clock => rest == 0 ? new ByteArrayContent([]) : Piece(sent, rest, clock),
            Expected = [HttpStatusCode.NotFound],
        }, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new RegistryFailureException("it has forgotten the upload");
        }
    }

    private async Task<(string Location, long? Has)> SendPieceAsync(string location, long sent, long count, CancellationToken cancellationToken)
    {
        RegistryRequest request = new(HttpMethod.Patch, location, client.Request(HttpMethod.Patch, "", "").Scopes, _what)
        {
            Content = clock =>
            {
                HttpContent content = Piece(sent, count, clock);
                content.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{sent}-{sent + count - 1}"));
                return content;
            },
            Expected = [HttpStatusCode.RequestedRangeNotSatisfiable, HttpStatusCode.NotFound],
        };
        using HttpResponseMessage response = await _connection.SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode switch
        {
            HttpStatusCode.RequestedRangeNotSatisfiable => throw new RegistryFailureException("it is not where it was taken to be"),
            HttpStatusCode.NotFound => throw new RegistryFailureException("it has forgotten the upload"),
            _ => (LocationOf(response) ?? location, RangeOf(response)),
        };
    }

    // How far the upload got.
    private async Task<(string Location, long Has)> AskAsync(string location, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _connection.SendOnceAsync(
            new RegistryRequest(HttpMethod.Get, location, client.Request(HttpMethod.Get, "", "").Scopes, _what) { Expected = [HttpStatusCode.NotFound] }, cancellationToken).ConfigureAwait(false);
        return response.IsSuccessStatusCode && RangeOf(response) is { } has && has <= descriptor.Size && has > 1 ? (LocationOf(response) ?? location, has)

            // Registries write 0-0 for nothing and for one byte.
            : throw new RegistryFailureException("it does not know how far the upload got");
    }

    private string? LocationOf(HttpResponseMessage response)
        => response.Headers.TryGetValues("Location", out IEnumerable<string>? values) ? _connection.Own(values.First(), response.RequestMessage!.RequestUri!) : null;

    private static long? RangeOf(HttpResponseMessage response)
        => response.Headers.TryGetValues("Range", out IEnumerable<string>? values) ? RegistryHeaders.UploadedBytes(values.First()) : null;

    private UploadContent Piece(long offset, long count, IdleClock clock) => new(count, clock, _connection.Options, token => PositionAsync(offset, token), async (buffer, token) =>
    {
        int read = await _source!.ReadAsync(buffer, token).ConfigureAwait(false);
        _read += read;

        // The end is met before the last part has gone, so that a source which is not what it says is never whole there.
        if (read > 0 && _read == descriptor.Size)
        {
            await FinishSourceAsync(token).ConfigureAwait(false);
        }

        return read;
    });

    private async Task PositionAsync(long offset, CancellationToken cancellationToken)
    {
        if (_source is not null && _read == offset)
        {
            return;
        }

        await DisposeAsync().ConfigureAwait(false);
        _source = new VerifiedStream(await openAsync(cancellationToken).ConfigureAwait(false), $"blob {descriptor.Digest}", descriptor.Digest, descriptor.Size);
        byte[] passed = new byte[1 << 16];
        while (_read < offset)
        {
            int count = await _source.ReadAsync(passed.AsMemory(0, (int)Math.Min(passed.Length, offset - _read)), cancellationToken).ConfigureAwait(false);
            _read += count > 0 ? count : throw new ImageBlobCorruptException($"blob {descriptor.Digest}", "it is shorter than its descriptor promises");
        }
    }

    private async Task FinishSourceAsync(CancellationToken cancellationToken)
    {
        if (_source is not null && await _source.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) > 0)
        {
            throw new ImageBlobCorruptException($"blob {descriptor.Digest}", "it is longer than its descriptor promises");
        }
    }
}

/// <summary>A piece of a blob on its way; each part of it that goes restarts the clock.</summary>
/// <param name="count">Its bytes.</param>
/// <param name="clock">Told of movement, and at the end given the time for the answer.</param>
/// <param name="options">How patient to be.</param>
/// <param name="begin">Goes to where the piece begins; it may have been read before, and refused.</param>
/// <param name="read">Reads on.</param>
internal sealed class UploadContent(long count, IdleClock clock, RegistryOptions options, Func<CancellationToken, Task> begin, Func<Memory<byte>, CancellationToken, ValueTask<int>> read) : HttpContent
{
    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => CopyAsync(stream, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => CopyAsync(stream, cancellationToken);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = count;
        return true;
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(1 << 17);
        try
        {
            await begin(cancellationToken).ConfigureAwait(false);
            for (long left = count; left > 0;)
            {
                int piece = await read(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken).ConfigureAwait(false);
                if (piece == 0)
                {
                    throw new ImageBlobCorruptException("the blob", "it is shorter than its descriptor promises");
                }

                await stream.WriteAsync(buffer.AsMemory(0, piece), cancellationToken).ConfigureAwait(false);
                clock.Restart();
                left -= piece;
            }

            clock.Restart(options.AnswerTimeout);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
