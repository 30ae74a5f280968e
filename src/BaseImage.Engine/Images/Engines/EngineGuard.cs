using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// Stands between the client library and the wire. The library reads documents of any size into memory and believes them;
/// here a document is read to a limit and checked as strict JSON first, redirects are refused, and a silence ends a
/// stream. Streams of bytes (exports, copies, logs) pass as they come.
/// </summary>
internal sealed class EngineGuard(EngineEndpoint endpoint, EngineTimeouts timeouts, EngineTraffic traffic, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaxErrorBytes = 64 << 10;
    private static readonly JsonLimits Limits = new() { MaxBytes = 32 << 20, MaxDepth = 48, MaxValues = 1_000_000 };

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.AbsolutePath;
        traffic.Sent(path.EndsWith("/images/get", StringComparison.Ordinal));
        using IdleClock clock = new(timeouts.Idle, cancellationToken);
        if (request.Content is { } content)
        {
            // What is sent may take any time, as long as it moves.
            request.Content = new WatchedContent(content, clock);
        }

        HttpResponseMessage response = await base.SendAsync(request, clock.Token).ConfigureAwait(false);
        try
        {
            int status = (int)response.StatusCode;
            if (status is >= 300 and < 400 && response.StatusCode is not HttpStatusCode.NotModified)
            {
                throw new EngineAnswerInvalidException(endpoint.Host, $"it answers {path} with a redirect (status {status})");
            }

            if (status >= 400)
            {
                byte[] text = await ReadAsync(response, MaxErrorBytes, shorten: true, cancellationToken).ConfigureAwait(false);
                Replace(response, text);
            }
            else if (!IsStream(request, path) && response.StatusCode is not (HttpStatusCode.SwitchingProtocols or HttpStatusCode.NoContent or HttpStatusCode.NotModified))
            {
                byte[] document = await ReadAsync(response, Limits.MaxBytes, shorten: false, cancellationToken).ConfigureAwait(false);
                Check(document, path, IsMessages(request, path));
                Replace(response, document);
            }
            else if (response.StatusCode is not HttpStatusCode.SwitchingProtocols)
            {
                Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                Replace(response, new StreamContent(new EngineStream(body, timeouts.Idle, traffic)));
            }

            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // What is no document: tars, logs, events, and the messages of a build or a pull, which end when the work does.
    private static bool IsStream(HttpRequestMessage request, string path) => request.Method == HttpMethod.Head
        || path.EndsWith("/get", StringComparison.Ordinal) || path.EndsWith("/archive", StringComparison.Ordinal) || path.EndsWith("/export", StringComparison.Ordinal)
        || path.EndsWith("/logs", StringComparison.Ordinal) || path.EndsWith("/attach", StringComparison.Ordinal)
        || (path.Contains("/exec/", StringComparison.Ordinal) && path.EndsWith("/start", StringComparison.Ordinal)) || path.EndsWith("/events", StringComparison.Ordinal)
        || path.EndsWith("/stats", StringComparison.Ordinal) || path.EndsWith("/build", StringComparison.Ordinal) || path.EndsWith("/images/create", StringComparison.Ordinal);

    // Loading answers with one message after the other; the library waits for ever where one of them is broken.
    private static bool IsMessages(HttpRequestMessage request, string path) => request.Method == HttpMethod.Post && path.EndsWith("/images/load", StringComparison.Ordinal);

    private void Check(byte[] document, string path, bool messages)
    {
        if (path.EndsWith("/_ping", StringComparison.Ordinal) || document.AsSpan().Trim(" \t\r\n"u8).Length == 0)
        {
            return;
        }

        try
        {
            if (!messages)
            {
                StrictJson.Parse(document, path, Limits);
                return;
            }

            foreach (byte[] line in Lines(document))
            {
                JObject message = StrictJson.ParseObject(line, path, Limits);
                if (message["error"] is JValue { Value: string { Length: > 0 } error })
                {
                    throw new EngineRequestFailedException(endpoint.Host, "load the image", 200, EngineText.Safe(error));
                }
            }
        }
        catch (JsonInvalidException e)
        {
            throw new EngineAnswerInvalidException(endpoint.Host, $"its answer is not JSON ({EngineText.Safe(e.Message)})", e);
        }
    }

    private static IEnumerable<byte[]> Lines(byte[] text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = Array.IndexOf(text, (byte)'\n', start);
            end = end < 0 ? text.Length : end;
            if (text.AsSpan(start, end - start).Trim(" \t\r"u8).Length > 0)
            {
                yield return text[start..end];
            }

            start = end + 1;
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, bool shorten, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeouts.Idle);
        using MemoryStream kept = new();
        Stream body = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        byte[] buffer = new byte[1 << 14];
        for (int read; (read = await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false)) > 0;)
        {
            traffic.Received(read);
            if (kept.Length + read > limit)
            {
                return shorten ? kept.ToArray()
                    : throw new EngineAnswerInvalidException(endpoint.Host, $"its answer has more than the {limit >> 20} MiB that are read of a document");
            }

            await kept.WriteAsync(buffer.AsMemory(0, read), patience.Token).ConfigureAwait(false);
            patience.CancelAfter(timeouts.Idle);
        }

        return kept.ToArray();
    }

    private static void Replace(HttpResponseMessage response, byte[] content) => Replace(response, new ByteArrayContent(content));

    private static void Replace(HttpResponseMessage response, HttpContent content)
    {
        MediaTypeHeaderValue? type = response.Content.Headers.ContentType;
        content.Headers.ContentType = type?.CharSet is null or "" ? type : new MediaTypeHeaderValue(type.MediaType ?? "application/json");
        response.Content = content;
    }

    private sealed class WatchedContent : HttpContent
    {
        private readonly HttpContent _content;
        private readonly IdleClock _clock;

        internal WatchedContent(HttpContent content, IdleClock clock)
        {
            (_content, _clock) = (content, clock);
            foreach ((string name, IEnumerable<string> values) in content.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using Stream content = await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                _clock.Restart();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _content.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
