using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Certificates;

/// <summary>
/// Asks a timestamp authority to vouch for when a signature was there, and keeps what it says only where a verifier would take
/// it. Source: RFC 3161, section 3.4 (over HTTP); Notary Project signature specification 1.0, "Timestamp".
/// </summary>
/// <param name="url">The authority, over http or https: what it says is signed, so that the way need not be.</param>
/// <param name="roots">The authorities that are trusted.</param>
/// <param name="patience">How long an answer may take.</param>
internal sealed class TimestampClient(Uri url, IReadOnlyList<X509Certificate2> roots, TimeSpan patience)
{
    /// <summary>How long an answer may take where nobody says otherwise.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MaxBytes = 1 << 20;
    private const string Query = "application/timestamp-query";
    private const string Reply = "application/timestamp-reply";

    /// <summary>A client for an authority that a caller names.</summary>
    /// <exception cref="TimestampNotObtainedException">It is none that can be asked.</exception>
    internal static TimestampClient For(Uri url, IReadOnlyList<X509Certificate2> roots)
    {
        string name = Name(url);
        return !url.IsAbsoluteUri || url.Scheme is not ("http" or "https") ? throw new TimestampNotObtainedException(name, "it is no address over http or https")
            : url.UserInfo.Length > 0 ? throw new TimestampNotObtainedException(name, "its address holds a name or password, which would be shown")
            : roots.Count == 0 ? throw new TimestampNotObtainedException(name, "no certificate of an authority is trusted for it")
            : new TimestampClient(url, roots, Patience);
    }

    /// <summary>Asks for a timestamp of a signature.</summary>
    /// <param name="signature">The signature's bytes.</param>
    /// <param name="hash">The hash that its algorithm has.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The token's DER.</returns>
    /// <exception cref="TimestampNotObtainedException">The authority does not answer, refuses, or says what no verifier would take.</exception>
    internal async Task<byte[]> AskAsync(ReadOnlyMemory<byte> signature, HashAlgorithmName hash, CancellationToken cancellationToken)
    {
        Rfc3161TimestampRequest request = Rfc3161TimestampRequest.CreateFromData(signature.Span, hash, nonce: RandomNumberGenerator.GetBytes(16), requestSignerCertificates: true);
        byte[] answer = await SendAsync(request.Encode(), cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] token = request.ProcessResponse(answer, out int read).AsSignedCms().Encode();
            if (read != answer.Length)
            {
                throw Failure("bytes follow its answer");
            }

            Timestamp.Verify(token, signature.Span, roots);
            return token;
        }
        catch (TrustFailureException e)
        {
            throw Failure(e.Message.TrimEnd('.'), e);
        }
        catch (CryptographicException e)
        {
            throw Failure("it refuses, or answers something else than was asked", e);
        }
    }

    private async Task<byte[]> SendAsync(byte[] query, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        using HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, MaxResponseHeadersLength = 64, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using HttpRequestMessage message = new(HttpMethod.Post, url) { Content = new ByteArrayContent(query) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(Query);
        message.Headers.Accept.ParseAdd(Reply);
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("BaseImage", typeof(TimestampClient).Assembly.GetName().Version?.ToString(3)));
        try
        {
            using HttpResponseMessage response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Failure(string.Create(CultureInfo.InvariantCulture, $"it answers with the status {(int)response.StatusCode}"));
            }

            if (!string.Equals(response.Content.Headers.ContentType?.MediaType, Reply, StringComparison.OrdinalIgnoreCase))
            {
                throw Failure($"its answer is not {Reply}");
            }

            using Stream body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            byte[] bytes = new byte[MaxBytes + 1];
            int length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
            return length > MaxBytes ? throw Failure($"its answer is longer than {MaxBytes} bytes") : bytes[..length];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure(string.Create(CultureInfo.InvariantCulture, $"it has not answered within {patience.TotalSeconds:0} seconds"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failure($"it cannot be reached ({e.Message.TrimEnd('.')})", e);
        }
    }

    private TimestampNotObtainedException Failure(string problem, Exception? inner = null) => new(Name(url), problem, inner);

    // What stands behind the path may be what gives access.
    private static string Name(Uri url) => url.IsAbsoluteUri ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : url.OriginalString;
}
