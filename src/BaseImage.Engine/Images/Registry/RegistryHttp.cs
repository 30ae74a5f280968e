using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// HTTP to the hosts of registries, of their token servers and of the stores that they redirect to: one client a host, each with
/// the certificates that are for this host and no other. Redirects are the caller's to judge.
/// </summary>
/// <param name="settings">What the settings say of each host.</param>
/// <param name="environment">Where certificates are.</param>
/// <param name="options">How patient to be.</param>
internal sealed class RegistryHttp(RegistrySettingsReader settings, RegistryEnvironment environment, RegistryOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Host>> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How patient to be.</summary>
    internal RegistryOptions Options => options;

    /// <summary>What the settings say of a host.</summary>
    internal RegistrySettings Settings(string host) => settings.For(host);

    /// <summary>True where a host may be spoken to without TLS: it is this machine, or is set so.</summary>
    internal bool MayBePlain(Uri url) => url.IsLoopback || settings.For(url.Authority).Insecure;

    /// <summary>Sends a request and waits for the head of the answer.</summary>
    /// <exception cref="RegistryFailureException">Nothing answered.</exception>
    /// <exception cref="RegistryTlsException">What answered is not trusted.</exception>
    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri url = request.RequestUri!;
        Host host = HostOf(url);
        try
        {
            return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.InnerException is BaseImageException)
        {
            // What was to be sent could not be read.
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.SecureConnectionError)
        {
            throw host.Tls.Refusal.Length > 0
                ? new RegistryTlsException(url.Authority, host.Tls.Refusal, $"Put the certificate of whoever signed it into certs.d/{url.Authority}/ca.crt of Docker's or Podman's settings, or name it as CertificateAuthority in baseimage.config.psd1.", e)
                : new RegistryFailureException("no connection over TLS could be made", e) { IsPlain = !host.Tls.HasMet };
        }
        catch (Exception e) when (e is HttpRequestException or IOException && host.Tls.Unmet.Length > 0)
        {
            throw new RegistryTlsException(url.Authority, host.Tls.Unmet, $"Put the certificate and its key, in PEM, into certs.d/{url.Authority}/client.cert and client.key of Docker's or Podman's settings, or name them as ClientCertificate and ClientKey in baseimage.config.psd1.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RegistryFailureException(Problem(e), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<Host> host in _hosts.Values.Where(host => host.IsValueCreated))
        {
            host.Value.Client.Dispose();
        }
    }

    // What the runtime says may quote a URL, and a URL may hold what gives access.
    private static string Problem(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name is not known",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "it does not take connections",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "the proxy does not connect to it",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "the head of its answer is too long",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => "what it answers is not HTTP",
        _ => "the connection was cut",
    };

    private Host HostOf(Uri url) => _hosts.GetOrAdd($"{url.Scheme}://{url.Authority}", _ => new Lazy<Host>(() => Open(url))).Value;

    private Host Open(Uri url)
    {
        RegistryTls tls = RegistryTls.For(url.Authority == "registry-1.docker.io" ? RegistryName.DockerHub : url.Authority, settings.For(url.Authority), environment);
        HttpClient client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = tls.Options(),
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("BaseImage", typeof(RegistryHttp).Assembly.GetName().Version?.ToString(3)));
        return new Host(client, tls);
    }

    private sealed record Host(HttpClient Client, RegistryTls Tls);
}

/// <summary>A failure that may pass: it is tried again, and told as <see cref="RegistryUnavailableException"/> when it stays.</summary>
internal sealed class RegistryFailureException(string problem, Exception? inner = null, TimeSpan? retryAfter = null) : Exception(problem, inner)
{
    /// <summary>How long the registry asks to be left alone.</summary>
    internal TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True where something answered that may not speak TLS at all.</summary>
    internal bool IsPlain { get; init; }
}
