using System.IO.Pipes;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// The way to an engine: the runtime's own HTTP over a socket, a pipe or TCP. It follows no redirect (an engine sends
/// none, and one would lead away from the engine that was named), uses no proxy and limits headers.
/// </summary>
internal static class EngineTransport
{
    /// <summary>The base address of requests: a name that stands for the engine, since the connection knows the way.</summary>
    internal static Uri BaseAddress(EngineEndpoint endpoint) => endpoint.Kind is EngineEndpointKind.Tcp
        ? new UriBuilder(endpoint.Tls is null ? "http" : "https", endpoint.Machine, endpoint.Port).Uri
        : new Uri("http://engine");

    /// <summary>Makes the way; certificates are read now.</summary>
    /// <exception cref="EngineTlsException">A file of TLS is missing or wrong.</exception>
    internal static SocketsHttpHandler Create(EngineEndpoint endpoint, EngineTimeouts timeouts)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 64,
            ConnectTimeout = timeouts.Connect,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        };
        if (endpoint.Kind is EngineEndpointKind.UnixSocket)
        {
            handler.ConnectCallback = (_, token) => ConnectSocketAsync(endpoint.Path, token);
        }
        else if (endpoint.Kind is EngineEndpointKind.NamedPipe)
        {
            handler.ConnectCallback = (_, token) => ConnectPipeAsync(endpoint, token);
        }
        else if (endpoint.Tls is { } tls)
        {
            handler.SslOptions = Options(tls, endpoint.Host);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectSocketAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> ConnectPipeAsync(EngineEndpoint endpoint, CancellationToken cancellationToken)
    {
        NamedPipeClientStream pipe = new(endpoint.Machine, endpoint.Path, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(EngineTls tls, string host)
    {
        SslClientAuthenticationOptions options = new();
        if (Certificate(tls, host) is { } certificate)
        {
            options.ClientCertificates = [certificate];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        if (!tls.Verify)
        {
            // Docker's own SkipTLSVerify; who sets it has chosen.
#pragma warning disable CA5359
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (tls.CaPath is { } ca)
        {
            X509Certificate2Collection roots = Load(ca, host, () =>
            {
                X509Certificate2Collection found = [];
                found.ImportFromPemFile(ca);
                return found.Count > 0 ? found : throw new CryptographicException("there is no certificate in it");
            });
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }

    private static X509Certificate2? Certificate(EngineTls tls, string host)
    {
        if (tls.CertificatePath is null && tls.KeyPath is null)
        {
            return null;
        }

        if (tls.CertificatePath is not { } certificate || tls.KeyPath is not { } key)
        {
            throw new EngineTlsException(host, $"there is {tls.CertificatePath ?? tls.KeyPath}, and no {(tls.KeyPath is null ? "key.pem" : "cert.pem")} beside it", "Put the client's certificate (cert.pem) and key (key.pem) into the same folder, or neither.");
        }

        return Load(certificate, host, () =>
        {
            X509Certificate2 read = X509Certificate2.CreateFromPemFile(certificate, key);
            if (!OperatingSystem.IsWindows())
            {
                return read;
            }

            // Windows' TLS uses no key that lives in memory alone.
            using (read)
            {
                return new X509Certificate2(read.Export(X509ContentType.Pkcs12));
            }
        });
    }

    private static T Load<T>(string path, string host, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EngineTlsException(host, $"{path} cannot be read: {EngineText.Safe(e.Message)}", "Name a folder with ca.pem, cert.pem and key.pem that this user may read (DOCKER_CERT_PATH, or the context's).", e);
        }
    }
}
