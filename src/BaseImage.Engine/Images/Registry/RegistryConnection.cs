using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Registry;

/// <summary>A request to a registry.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Under the registry's root, with its query, as <c>/v2/base/tags/list</c>; or a whole URL that the registry gave.</param>
/// <param name="Scopes">What it needs, as token servers word it.</param>
/// <param name="What">What it does, for errors, as <c>give the manifest of base:12</c>.</param>
internal sealed record RegistryRequest(HttpMethod Method, string Path, IReadOnlyList<string> Scopes, string What)
{
    /// <summary>Makes what is sent, anew for each attempt; null for nothing.</summary>
    internal Func<IdleClock, HttpContent>? Content { get; init; }

    /// <summary>Media types that are understood.</summary>
    internal IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>The first byte wanted; 0 for all.</summary>
    internal long From { get; init; }

    /// <summary>Statuses that the caller deals with, beside success.</summary>
    internal IReadOnlyList<HttpStatusCode> Expected { get; init; } = [];

    /// <summary>Codes of errors that may be gone at the next attempt.</summary>
    internal IReadOnlyList<string> Passing { get; init; } = [];
}

/// <summary>
/// A registry, or a mirror of one: finds out whether it speaks TLS, shows who one is, follows redirects without taking the
/// credential along, and tries again what may pass. One connection serves every repository of a command.
/// Source: OCI Distribution Specification 1.1, "API".
/// </summary>
internal sealed class RegistryConnection : IDisposable
{
    private readonly RegistryHttp _http;
    private readonly RegistryAuthenticator _authenticator;
    private readonly SecretMask _mask = new();
    private readonly SemaphoreSlim _meeting = new(1, 1);
    private readonly Uri? _given;
    private Uri? _root;

    /// <summary>Makes a connection; nothing is sent before it is needed.</summary>
    /// <param name="name">The registry as people call it, with its port.</param>
    /// <param name="authority">The host and port that answer.</param>
    /// <param name="given">A mirror's URL, which says the scheme; null to find it out.</param>
    /// <param name="http">HTTP.</param>
    /// <param name="credential">Finds the credential, when needed.</param>
    internal RegistryConnection(string name, string authority, Uri? given, RegistryHttp http, Func<CancellationToken, Task<RegistryCredential?>> credential)
    {
        (Name, Authority, _given, _http) = (name, authority, given, http);
        _authenticator = new RegistryAuthenticator(name, http, credential, _mask);
    }

    /// <summary>The registry as people call it.</summary>
    internal string Name { get; }

    /// <summary>The host and port that answer.</summary>
    internal string Authority { get; }

    /// <summary>How patient to be.</summary>
    internal RegistryOptions Options => _http.Options;

    /// <summary>Sends a request, again where that may help, and gives the head of a success or of an expected status.</summary>
    /// <exception cref="BaseImageException">The registry says no, or nothing.</exception>
    internal Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
        => RegistryRetry.RunAsync(Options, Name, request.What, () => SendOnceAsync(request, cancellationToken), cancellationToken);

    /// <summary>Sends a request and reads the answer whole, again where either is cut off; of an expected status the bytes are null.</summary>
    internal Task<(HttpResponseMessage Head, byte[]? Body)> ReadAsync(RegistryRequest request, string what, int limit, CancellationToken cancellationToken)
        => RegistryRetry.RunAsync(Options, Name, request.What, async () =>
        {
            using HttpResponseMessage response = await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
            return (response, response.IsSuccessStatusCode ? await RegistryBody.ReadAsync(response, Name, what, limit, Options, cancellationToken).ConfigureAwait(false) : null);
        }, cancellationToken);

    /// <summary>Sends a request once: a failure that may pass is the caller's to deal with.</summary>
    /// <exception cref="RegistryFailureException">A failure that may pass.</exception>
    internal async Task<HttpResponseMessage> SendOnceAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        Uri root = await RootAsync(cancellationToken).ConfigureAwait(false);
        Uri url = new(root, request.Path);
        IReadOnlyList<string> scopes = request.Scopes;
        for (int redirects = 0, refusals = 0; ;)
        {
            bool own = IsSame(url, root);
            AuthenticationHeaderValue? shown = own ? await _authenticator.HeaderAsync(scopes, cancellationToken).ConfigureAwait(false) : null;
            HttpResponseMessage response = await TransferAsync(request, url, shown, cancellationToken).ConfigureAwait(false);
            bool keep = false;
            try
            {
                int status = (int)response.StatusCode;
                if (response.IsSuccessStatusCode || (request.Expected.Contains(response.StatusCode) && status is not (401 or >= 500)))
                {
                    keep = true;
                    return response;
                }

                if (status == 401 && own)
                {
                    IReadOnlyList<AuthChallenge> challenges = Challenges(response);
                    if (refusals++ < 2 && await _authenticator.AnswerAsync(challenges, shown, scopes, cancellationToken).ConfigureAwait(false))
                    {
                        continue;
                    }

                    throw new RegistryUnauthorizedException(Name, request.What, await SaidAsync(response, cancellationToken).ConfigureAwait(false), RegistryAuthenticator.Advice(Name, _authenticator.HasCredential));
                }

                if (status is 301 or 302 or 303 or 307 or 308)
                {
                    url = Follow(request, response, url, redirects++);
                    continue;
                }

                if (RegistryRetry.IsTransient(response))
                {
                    throw RegistryRetry.Failure(response, Options);
                }

                string said = await SaidAsync(response, cancellationToken).ConfigureAwait(false);
                if (request.Passing.Any(code => said.StartsWith(code, StringComparison.Ordinal)))
                {
                    throw new RegistryFailureException(said);
                }

                throw status is 401 or 403 ? new RegistryUnauthorizedException(Name, request.What, said, RegistryAuthenticator.Advice(Name, _authenticator.HasCredential))
                    : new RegistryRequestFailedException(Name, request.What, status, said);
            }
            finally
            {
                if (!keep)
                {
                    response.Dispose();
                }
            }
        }
    }

    /// <summary>The path, under the root, of an address that the registry gave, relative or whole.</summary>
    /// <exception cref="RegistryAnswerInvalidException">It leads to another host, or is none.</exception>
    internal string Own(string given, Uri from)
        => Uri.TryCreate(from, given, out Uri? url) && url.Scheme is "http" or "https" && IsSame(url, from) ? url.PathAndQuery
            : throw new RegistryAnswerInvalidException(Name, "it gives an address of another host where its own is needed");

    /// <inheritdoc/>
    public void Dispose()
    {
        _authenticator.Dispose();
        _meeting.Dispose();
    }

    private static bool IsSame(Uri one, Uri other)
        => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    // Only this machine, and what is set so, may speak without TLS; whether it does, the first answer says.
    private async Task<Uri> RootAsync(CancellationToken cancellationToken)
    {
        if (_root is { } known)
        {
            return known;
        }

        await _meeting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Uri secure = _given ?? (Uri.TryCreate($"https://{Authority}/", UriKind.Absolute, out Uri? made) ? made : throw new RegistryAnswerInvalidException(Name, "its name is no host"));
            return _root ??= _given is not null ? RequireAllowed(secure)
                : _http.MayBePlain(secure) ? await RegistryRetry.RunAsync(Options, Name, "be met", () => MeetAsync(secure, cancellationToken), cancellationToken).ConfigureAwait(false)
                : secure;
        }
        finally
        {
            _meeting.Release();
        }
    }

    private Uri RequireAllowed(Uri url) => url.Scheme == Uri.UriSchemeHttps || _http.MayBePlain(url) ? url
        : throw new RegistryTlsException(Name, "the mirror's URL is one of http", $"Write https, or set Registries = @{{ '{url.Authority}' = @{{ Insecure = $true }} }} in baseimage.config.psd1.");

    private async Task<Uri> MeetAsync(Uri secure, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await TransferAsync(Ping, new Uri(secure, Ping.Path), null, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch (RegistryFailureException e) when (e.IsPlain)
        {
            Uri plain = new UriBuilder(secure) { Scheme = Uri.UriSchemeHttp, Port = secure.IsDefaultPort ? 80 : secure.Port }.Uri;
            using HttpResponseMessage answer = await TransferAsync(Ping, new Uri(plain, Ping.Path), null, cancellationToken).ConfigureAwait(false);

            // A server of TLS says 400 to whoever speaks without.
            return answer.StatusCode is HttpStatusCode.BadRequest ? throw new RegistryFailureException("no connection over TLS could be made", e) : plain;
        }
    }

    private static readonly RegistryRequest Ping = new(HttpMethod.Get, "/v2/", [], "be met");

    private async Task<HttpResponseMessage> TransferAsync(RegistryRequest request, Uri url, AuthenticationHeaderValue? shown, CancellationToken cancellationToken)
    {
        using IdleClock clock = new(Options.ConnectTimeout + Options.IdleTimeout, cancellationToken);
        using HttpRequestMessage message = new(request.Method, url) { Content = request.Content?.Invoke(clock) };
        message.Headers.Authorization = shown;
        foreach (string type in request.Accept)
        {
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        if (request.From > 0)
        {
            message.Headers.Range = new RangeHeaderValue(request.From, null);
        }

        try
        {
            return await _http.SendAsync(message, clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFailureException("it does not answer", e);
        }
    }

    private Uri Follow(RegistryRequest request, HttpResponseMessage response, Uri from, int redirects)
    {
        string? where = response.Headers.TryGetValues("Location", out IEnumerable<string>? values) ? values.First() : null;
        Uri? to = where is not null && Uri.TryCreate(from, where, out Uri? found) ? found : null;
        return to is null ? throw new RegistryAnswerInvalidException(Name, "it redirects to nowhere")
            : request.Method != HttpMethod.Get && request.Method != HttpMethod.Head ? throw new RegistryAnswerInvalidException(Name, "it redirects what is written to it")
            : redirects >= Options.Redirects ? throw new RegistryAnswerInvalidException(Name, string.Create(CultureInfo.InvariantCulture, $"it redirects more than {Options.Redirects} times"))
            : to.Scheme != Uri.UriSchemeHttps && (to.Scheme != Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps || !_http.MayBePlain(to)) ? throw new RegistryAnswerInvalidException(Name, "it redirects to where there is no TLS")
            : to;
    }

    private static List<AuthChallenge> Challenges(HttpResponseMessage response)
        => [.. (response.Headers.TryGetValues("WWW-Authenticate", out IEnumerable<string>? fields) ? fields : []).SelectMany(field => AuthChallenge.Parse(field) ?? [])];

    // Source: OCI Distribution Specification 1.1, "Error Codes".
    private async Task<string> SaidAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string status = response.StatusCode is not HttpStatusCode.Unauthorized ? string.Create(CultureInfo.InvariantCulture, $"it answers {(int)response.StatusCode}")
            : _authenticator.HasCredential ? "it does not take these credentials (401)" : "it asks for credentials (401), and there are none";
        try
        {
            byte[] body = await RegistryBody.ReadAsync(response, Name, "an error", 64 << 10, Options, cancellationToken).ConfigureAwait(false);
            return body.Length > 0 && StrictJson.ParseObject(body, Name)["errors"] is JArray { Count: > 0 } errors && errors[0] is JObject first
                ? _mask.Safe($"{first["code"] as JValue} ({first["message"] as JValue})") : status;
        }
        catch (Exception e) when (e is RegistryFailureException or BaseImageException)
        {
            return status;
        }
    }
}
