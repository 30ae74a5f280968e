using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace BaseImage.Engine.Packages;

/// <summary>Asks mirrors over HTTP, within limits of time, size and redirects. Source: RFC 9110 (ranges in section 14).</summary>
internal sealed class MirrorTransport : IDisposable
{
    private readonly HttpClient _client;
    private readonly ArchiveClientOptions _options;

    public MirrorTransport(ArchiveClientOptions options)
    {
        _options = options;
        // Redirects are followed here and not by the handler, so that each can be judged. Proxies come from the environment.
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("BaseImage", typeof(MirrorTransport).Assembly.GetName().Version?.ToString(3)));
    }

    /// <summary>Asks for a file. Of what is not 200, 206 or 416 a failure is thrown.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="url">Where.</param>
    /// <param name="from">The first byte wanted; 0 for the whole.</param>
    /// <param name="fresh">True where a proxy must not answer from its store.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MirrorFailureException">It did not answer, or otherwise than with the file.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri url, long from, bool fresh, CancellationToken cancellationToken)
    {
        Uri start = url;
        for (int redirects = 0; ; redirects++)
        {
            HttpResponseMessage response = await SendOnceAsync(method, start, url, from, fresh, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return response;
            }

            using (response)
            {
                int status = (int)response.StatusCode;
                if (status is not (301 or 302 or 303 or 307 or 308))
                {
                    throw Failure(response);
                }

                Uri? next = response.Headers.Location is { } location ? new Uri(url, location) : null;
                if (next is null || redirects >= _options.Redirects)
                {
                    throw new MirrorFailureException(MirrorFailureKind.Refused, next is null ? $"it redirects ({status}) to nowhere" : $"it redirects more than {_options.Redirects} times");
                }

                if (next.Scheme != Uri.UriSchemeHttps && (next.Scheme != Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
                {
                    throw new MirrorFailureException(MirrorFailureKind.Refused, $"it redirects from {url.Scheme} to {next.Scheme}");
                }

                url = next;
            }
        }
    }

    /// <summary>Copies an answer's body, as long as it keeps coming.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="most">The most bytes that may come.</param>
    /// <param name="write">Takes each piece.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The bytes that came.</returns>
    public async Task<long> CopyAsync(HttpResponseMessage response, long most, Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        long begin = Environment.TickCount64;
        using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            idle.CancelAfter(_options.IdleTimeout);
            Stream body = await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                while (true)
                {
                    idle.CancelAfter(_options.IdleTimeout);
                    int count = await body.ReadAsync(buffer, idle.Token).ConfigureAwait(false);
                    if (count == 0)
                    {
                        return total;
                    }

                    total += count;
                    if (total > most)
                    {
                        throw new MirrorFailureException(MirrorFailureKind.Mismatch, "it sends more bytes than were signed");
                    }

                    await write(buffer.AsMemory(0, count)).ConfigureAwait(false);
                    TimeSpan elapsed = TimeSpan.FromMilliseconds(Environment.TickCount64 - begin);
                    if (elapsed > _options.SlowGrace && total < elapsed.TotalSeconds * _options.MinimumBytesPerSecond)
                    {
                        throw new MirrorFailureException(MirrorFailureKind.Transient, string.Create(CultureInfo.InvariantCulture, $"it sent {total} bytes in {elapsed.TotalSeconds:0} seconds, which is too slow"));
                    }
                }
            }
        }
        catch (Exception e) when (IsConnectionFailure(e, cancellationToken))
        {
            throw new MirrorFailureException(MirrorFailureKind.Transient, e is OperationCanceledException ? string.Create(CultureInfo.InvariantCulture, $"nothing arrived for {_options.IdleTimeout.TotalSeconds:0} seconds") : $"the connection was cut: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri start, Uri url, long from, bool fresh, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, url);
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
        }

        if (fresh)
        {
            request.Headers.CacheControl = new CacheControlHeaderValue { MaxAge = TimeSpan.Zero };
        }

        // A user name and password are for the server they were written for.
        if (start.UserInfo.Length > 0 && Uri.Compare(start, url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(start.UserInfo))));
        }

        using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(_options.ConnectTimeout + _options.IdleTimeout);
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, idle.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsConnectionFailure(e, cancellationToken))
        {
            throw new MirrorFailureException(MirrorFailureKind.Transient, e is OperationCanceledException ? "it does not answer" : e.Message, unconnected: true);
        }
    }

    private static bool IsConnectionFailure(Exception e, CancellationToken cancellationToken)
        => e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static MirrorFailureException Failure(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        string said = string.Create(CultureInfo.InvariantCulture, $"it answers {status}");
        TimeSpan? after = response.Headers.RetryAfter is { } retry ? retry.Delta ?? (retry.Date - DateTimeOffset.UtcNow) : null;
        return status switch
        {
            404 or 410 => new MirrorFailureException(MirrorFailureKind.NotFound, $"it does not have it ({status})"),
            408 or 425 or 429 or >= 500 => new MirrorFailureException(MirrorFailureKind.Transient, said, after),
            _ => new MirrorFailureException(MirrorFailureKind.Refused, said),
        };
    }
}
