using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using BaseImage.Errors;
using Docker.DotNet;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// The client library on its way to one engine. Every request goes through <see cref="AskAsync{T}"/>, which turns what the
/// library throws into the module's own failures; the library's types stay behind the adapters that hold this object.
/// </summary>
internal sealed class DockerConnection : IDisposable
{
    private readonly DockerClient _client;
    private readonly HttpMessageInvoker _wire;

    private DockerConnection(EngineEndpoint endpoint, DockerClient client, HttpMessageInvoker wire, EngineTraffic traffic)
        => (Endpoint, _client, _wire, Traffic) = (endpoint, client, wire, traffic);

    /// <summary>The engine's place.</summary>
    internal EngineEndpoint Endpoint { get; }

    /// <summary>What has gone to and fro.</summary>
    internal EngineTraffic Traffic { get; }

    /// <summary>Prepares the way; nothing is sent yet.</summary>
    internal static DockerConnection Open(EngineEndpoint endpoint, EngineTimeouts timeouts)
    {
        EngineTraffic traffic = new();
        EngineGuard guard = new(endpoint, timeouts, traffic, EngineTransport.Create(endpoint, timeouts));

        // The library owns the configuration and disposes of it with the client. It keeps a handler of its own for the
        // address, which is never used.
        DockerClientConfiguration configuration = new(EngineTransport.BaseAddress(endpoint), new OwnHandler(guard, endpoint.Tls is not null), timeouts.Answer);
        return new DockerConnection(endpoint, configuration.CreateClient(), new HttpMessageInvoker(guard, disposeHandler: false), traffic);
    }

    /// <summary>Asks the engine something.</summary>
    /// <param name="what">What is asked, as it follows "could not", for instance <c>list images</c>.</param>
    /// <param name="ask">The request.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BaseImageException">It failed; the message says why.</exception>
    internal async Task<T> AskAsync<T>(string what, Func<DockerClient, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(_client, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e, what, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Asks the engine something that has no answer.</summary>
    internal Task AskAsync(string what, Func<DockerClient, CancellationToken, Task> ask, CancellationToken cancellationToken)
        => AskAsync(what, async (client, token) =>
        {
            await ask(client, token).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    /// <summary>Asks the engine for something that may not be there: null where it answers 404.</summary>
    internal async Task<T?> TryAskAsync<T>(string what, Func<DockerClient, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(what, ask, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineRequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// Asks for a stream of bytes that the library would take over the whole connection for (attach). Without an upgrade
    /// the engine answers with a body that ends when the container does, which passes the guard like any other.
    /// </summary>
    internal Task<Stream> StreamAsync(string what, HttpMethod method, string path, CancellationToken cancellationToken, string? json = null)
        => StreamAsync(what, method, path, json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>The same with something to send, which is disposed of.</summary>
    internal Task<Stream> StreamAsync(string what, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken) => AskAsync(what, async (_, token) =>
    {
        using HttpRequestMessage request = new(method, new Uri(EngineTransport.BaseAddress(Endpoint), path)) { Content = content };
        HttpResponseMessage response = await _wire.SendAsync(request, token).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
        }

        using (response)
        {
            throw new DockerApiException(response.StatusCode, await response.Content.ReadAsStringAsync(token).ConfigureAwait(false));
        }
    }, cancellationToken);

    /// <summary>The module's failure for what the library or the wire threw; null where it is to be passed on as it is.</summary>
    internal BaseImageException? Translate(Exception exception, string what, CancellationToken cancellationToken)
    {
        // What a cancelled read throws inside looks like a cut connection.
        if (exception is OperationCanceledException or TimeoutException)
        {
            return cancellationToken.IsCancellationRequested ? null
                : new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, $"did not answer in time when asked to {what}", exception);
        }

        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case BaseImageException:
                    return ReferenceEquals(e, exception) ? null : (BaseImageException)e;
                case OperationCanceledException when cancellationToken.IsCancellationRequested:
                case OutOfMemoryException:
                    return null;
                case DockerApiException answer:
                    return Answered(answer, what);
                case SocketException socket:
                    return Refused(socket, exception);
                case AuthenticationException tls:
                    return new EngineTlsException(Endpoint.Host, EngineText.Safe((tls.InnerException ?? tls).Message), "Check the certificates of DOCKER_CERT_PATH or of the context: the engine's must be signed by ca.pem and name its host, and the client's must be one that the engine trusts.", exception);
                case UnauthorizedAccessException:
                    return new EngineAccessDeniedException(Endpoint.Host, Endpoint.Origin, exception);
                case JsonException json:
                    return new EngineAnswerInvalidException(Endpoint.Host, $"its answer when asked to {what} has another shape ({EngineText.Safe(json.Message)})", exception);
                default:
                    break;
            }
        }

        return exception switch
        {
            HttpRequestException http => Broken(http, what),
            IOException => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, $"cut the connection when asked to {what} ({EngineText.Safe(exception.Message)})", exception),
            ArgumentException or FormatException or OverflowException or InvalidCastException or NullReferenceException
                => new EngineAnswerInvalidException(Endpoint.Host, $"its answer when asked to {what} has another shape ({EngineText.Safe(exception.Message)})", exception),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _wire.Dispose();
        _client.Dispose();
    }

    private BaseImageException Answered(DockerApiException answer, string what)
    {
        int status = (int)answer.StatusCode;
        string body = answer.ResponseBody ?? "";
        string message = body;
        try
        {
            message = body.StartsWith('{') && JObject.Parse(body) is { } root ? (root["message"] ?? root["cause"])?.ToString() ?? body : body;
        }
        catch (JsonException)
        {
            // Then the body itself is the best that there is to say.
        }

        message = EngineText.Safe(message);
        return status is 401 or 403 && message.Length == 0
            ? new EngineAccessDeniedException(Endpoint.Host, Endpoint.Origin, answer)
            : new EngineRequestFailedException(Endpoint.Host, what, status, message.Length == 0 ? "it gives no reason" : message);
    }

    private BaseImageException Refused(SocketException socket, Exception exception) => socket.SocketErrorCode switch
    {
        SocketError.AccessDenied => new EngineAccessDeniedException(Endpoint.Host, Endpoint.Origin, exception),
        SocketError.ConnectionRefused => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, "does not listen (the connection is refused)", exception),
        SocketError.AddressNotAvailable when Endpoint.Kind is EngineEndpointKind.UnixSocket => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, "is not there: the socket does not exist", exception),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, "cannot be found: no such host", exception),
        SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, "cut the connection", exception),
        _ => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, $"cannot be reached ({EngineText.Safe(socket.Message)})", exception),
    };

    private BaseImageException Broken(HttpRequestException http, string what) => http.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => new EngineTlsException(Endpoint.Host, EngineText.Safe((http.InnerException ?? http).Message), "Check that the engine speaks TLS on this port (2376), and the certificates of DOCKER_CERT_PATH or of the context.", http),
        HttpRequestError.InvalidResponse => new EngineAnswerInvalidException(Endpoint.Host, "what answers does not speak HTTP", http),
        HttpRequestError.ConfigurationLimitExceeded => new EngineAnswerInvalidException(Endpoint.Host, "the head of its answer is larger than is read", http),
        _ => new EngineUnreachableException(Endpoint.Host, Endpoint.Origin, $"cut the connection when asked to {what} ({EngineText.Safe((http.InnerException ?? http).Message)})", http),
    };

    // The library's seam for credentials is where a handler of one's own goes.
    private sealed class OwnHandler(HttpMessageHandler handler, bool tls) : Credentials
    {
        public override bool IsTlsCredentials() => tls;

        public override HttpMessageHandler GetHandler(HttpMessageHandler innerHandler)
        {
            innerHandler.Dispose();
            return handler;
        }
    }
}
