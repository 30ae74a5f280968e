using System.Net.Http;
using System.Security.Cryptography;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>
/// Fetches what Dockerfiles add from elsewhere, into the cache, where it is found again by its digest. A redirect is followed
/// as long as it does not leave https; nothing is believed that has another digest than it should.
/// </summary>
internal sealed class Downloads(ContentCache cache, IReporter reporter)
{
    private const long MaxBytes = 16L << 30;
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(2);

    /// <summary>The client; one for the process, as the runtime wants it.</summary>
    private static readonly HttpClient s_client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 8,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        UseCookies = false,
        MaxResponseHeadersLength = 64,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Fetches a file.</summary>
    /// <param name="url">Its address.</param>
    /// <param name="expected">The digest that it has to have; empty for any.</param>
    /// <param name="offline">True to take it from the cache alone.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Its digest and size; the bytes lie in the cache.</returns>
    public async Task<LockedDownload> FetchAsync(string url, Digest expected, bool offline, CancellationToken cancellationToken)
    {
        if (!expected.IsEmpty && await cache.TryOpenAsync(expected, cancellationToken).ConfigureAwait(false) is { } known)
        {
            await using (known.ConfigureAwait(false))
            {
                return new LockedDownload(url, expected, known.Length);
            }
        }

        if (offline)
        {
            throw new DownloadFailedException(url, expected.IsEmpty ? "nothing pins it, and nothing is downloaded with -Offline" : "it is not in the cache, and nothing is downloaded with -Offline", "Build once without -Offline.");
        }

        reporter.Verbose($"Downloading {url}.");
        try
        {
            return await DownloadAsync(url, expected, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DownloadFailedException(url, e is OperationCanceledException ? "nothing came for too long" : Images.Engines.EngineText.Safe((e.InnerException ?? e).Message), "Check the address and the network, and try again.", e);
        }
    }

    private async Task<LockedDownload> DownloadAsync(string url, Digest expected, CancellationToken cancellationToken)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(s_silence);
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        using HttpResponseMessage response = await s_client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new DownloadFailedException(url, $"it is answered with status {(int)response.StatusCode}", "Check the address.");
        }

        if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && response.RequestMessage?.RequestUri?.Scheme is not "https")
        {
            throw new DownloadFailedException(url, "it leads to an address without TLS", "Name the address that it leads to, if that is meant.");
        }

        CacheWriter writer = cache.CreateWriter();
        await using (writer.ConfigureAwait(false))
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false)) > 0;)
            {
                silence.CancelAfter(s_silence);
                hash.AppendData(buffer, 0, read);
                await writer.WriteAsync(buffer.AsMemory(0, read), silence.Token).ConfigureAwait(false);
                if (writer.Length > MaxBytes)
                {
                    throw new DownloadFailedException(url, $"it has more than {MaxBytes >> 30} GiB", "Name something smaller.");
                }

                reporter.Progress(new ProgressUpdate("Downloading", url, writer.Length, response.Content.Headers.ContentLength ?? 0));
            }

            Digest actual = Digest.FromSha256(hash.GetHashAndReset());
            if (!expected.IsEmpty && actual != expected)
            {
                throw new DownloadFailedException(url, $"its digest is {actual}, and it should be {expected}", "Find out what changed; where the new one is meant, write its digest, or record it with -UpdateLock.");
            }

            long size = writer.Length;
            await writer.CommitAsync(actual, url, cancellationToken).ConfigureAwait(false);
            return new LockedDownload(url, actual, size);
        }
    }
}
