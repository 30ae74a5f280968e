using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// Shows a registry who one is, in the manner that it asks for: Basic, or Bearer with tokens of its token server, one for each
/// set of scopes, kept until shortly before they expire. Sources: RFC 7617; Docker's "Token Authentication Specification" and
/// "OAuth2 Token Authentication".
/// </summary>
/// <param name="registry">How errors call the registry.</param>
/// <param name="http">The way to the token server.</param>
/// <param name="credential">Finds the credential, when first needed.</param>
/// <param name="mask">Told of every secret.</param>
internal sealed class RegistryAuthenticator(string registry, RegistryHttp http, Func<CancellationToken, Task<RegistryCredential?>> credential, SecretMask mask) : IDisposable
{
    private const int MaxTokenChars = 64 << 10;
    private readonly ConcurrentDictionary<string, Token> _tokens = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1);
    private AuthChallenge? _asked;
    private Lazy<Task<RegistryCredential?>>? _found;

    /// <summary>True where a credential was found, so that a refusal means that it is not enough.</summary>
    internal bool HasCredential { get; private set; }

    /// <summary>What to send with a request; null before the registry has asked.</summary>
    internal async Task<AuthenticationHeaderValue?> HeaderAsync(IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        if (_asked is not { } asked)
        {
            return null;
        }

        RegistryCredential? known = await CredentialAsync(cancellationToken).ConfigureAwait(false);
        return known is { RegistryToken.Length: > 0 } ? new AuthenticationHeaderValue("Bearer", known.RegistryToken)
            : asked.Scheme == "basic" ? known is { User.Length: > 0 } ? Basic(known) : null
            : new AuthenticationHeaderValue("Bearer", await TokenAsync(asked, scopes, known, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Takes up a registry's refusal; false where another try would bring nothing.</summary>
    /// <param name="challenges">What it asks for.</param>
    /// <param name="sent">What it was sent; null for nothing.</param>
    /// <param name="scopes">What is to be done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task<bool> AnswerAsync(IReadOnlyList<AuthChallenge> challenges, AuthenticationHeaderValue? sent, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        AuthChallenge? wanted = challenges.FirstOrDefault(c => c.Scheme == "bearer" && c["realm"].Length > 0) ?? challenges.FirstOrDefault(c => c.Scheme == "basic");
        if (wanted is null)
        {
            return false;
        }

        _asked = wanted;
        if (sent is null)
        {
            return wanted.Scheme == "bearer" || await CredentialAsync(cancellationToken).ConfigureAwait(false) is { User.Length: > 0 } or { RegistryToken.Length: > 0 };
        }

        // A token that it no longer takes is asked for anew, once; a password stays what it is.
        return sent.Scheme == "Bearer" && _tokens.TryGetValue(Key(scopes), out Token? known) && known.Value == sent.Parameter && _tokens.TryRemove(new KeyValuePair<string, Token>(Key(scopes), known));
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<RegistryCredential?> CredentialAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _found ??= new Lazy<Task<RegistryCredential?>>(() => credential(cancellationToken));
            RegistryCredential? found;
            try
            {
                found = await _found.Value.ConfigureAwait(false);
            }
            catch
            {
                _found = null;
                throw;
            }

            if (found is not null && !HasCredential)
            {
                HasCredential = true;
                mask.Add(found.Secret, found.User);
                mask.Add(found.IdentityToken);
                mask.Add(found.RegistryToken);
            }

            return found;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<string> TokenAsync(AuthChallenge asked, IReadOnlyList<string> scopes, RegistryCredential? known, CancellationToken cancellationToken)
    {
        string key = Key(scopes);
        if (Current(key) is { } ready)
        {
            return ready;
        }

        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Current(key) is { } meanwhile)
            {
                return meanwhile;
            }

            Token token = await FetchAsync(asked, scopes, known, cancellationToken).ConfigureAwait(false);
            mask.Add(token.Value);
            _tokens[key] = token;
            return token.Value;
        }
        finally
        {
            _one.Release();
        }
    }

    private string? Current(string key) => _tokens.TryGetValue(key, out Token? token) && http.Options.Time.GetUtcNow() < token.Renew ? token.Value : null;

    private async Task<Token> FetchAsync(AuthChallenge asked, IReadOnlyList<string> scopes, RegistryCredential? known, CancellationToken cancellationToken)
    {
        Uri realm = Realm(asked["realm"]);
        bool exchange = known is { IdentityToken.Length: > 0 };
        List<KeyValuePair<string, string>> fields = [];
        if (asked["service"].Length > 0)
        {
            fields.Add(new("service", asked["service"]));
        }

        byte[] body;
        if (exchange)
        {
            fields.AddRange([new("scope", string.Join(' ', scopes)), new("grant_type", "refresh_token"), new("client_id", "baseimage"), new("refresh_token", known!.IdentityToken)]);
            body = await AskAsync(() => new HttpRequestMessage(HttpMethod.Post, realm) { Content = new FormUrlEncodedContent(fields) }, realm, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            fields.AddRange(scopes.Select(scope => new KeyValuePair<string, string>("scope", scope)));
            string query = string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
            Uri url = new UriBuilder(realm) { Query = realm.Query.Length > 1 ? $"{realm.Query[1..]}&{query}" : query }.Uri;
            body = await AskAsync(() =>
            {
                HttpRequestMessage request = new(HttpMethod.Get, url);
                request.Headers.Authorization = known is { User.Length: > 0 } ? Basic(known) : null;
                return request;
            }, realm, cancellationToken).ConfigureAwait(false);
        }

        return Read(body, realm);
    }

    private Token Read(byte[] body, Uri realm)
    {
        JObject root;
        try
        {
            root = StrictJson.ParseObject(body, realm.Authority, OciLimits.Json);
        }
        catch (JsonInvalidException)
        {
            throw new RegistryAnswerInvalidException(registry, $"the token server {realm.Authority} gives no JSON object");
        }

        string token = Text(root, "token") is { Length: > 0 } plain ? plain : Text(root, "access_token");
        if (token.Length is 0 or > MaxTokenChars || token.Any(c => c is <= ' ' or > '~'))
        {
            throw new RegistryAnswerInvalidException(registry, $"the token server {realm.Authority} gives no token that can be sent");
        }

        // "For compatibility with older clients, a token should never be returned with less than 60 seconds to live."
        long seconds = root["expires_in"] is JValue { Value: long given } && given > 0 ? Math.Min(given, 24 * 60 * 60) : 60;
        return new Token(token, http.Options.Time.GetUtcNow() + TimeSpan.FromSeconds(seconds * 0.8));
    }

    private static string Text(JObject root, string key) => root[key] is JValue { Value: string text } ? text : "";

    // A token server is named by the registry, and is sent the registry's credential: never in the clear.
    private Uri Realm(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out Uri? realm) && realm.UserInfo.Length == 0 && (realm.Scheme == Uri.UriSchemeHttps || realm.Scheme == Uri.UriSchemeHttp && http.MayBePlain(realm)) ? realm
            : throw new RegistryAnswerInvalidException(registry, "the address of its token server is no URL of https");

    private async Task<byte[]> AskAsync(Func<HttpRequestMessage> make, Uri realm, CancellationToken cancellationToken)
    {
        (int status, byte[] body) = await RegistryRetry.RunAsync(http.Options, registry, "give a token", async () =>
        {
            using HttpResponseMessage answer = await SendAsync(make, realm, cancellationToken).ConfigureAwait(false);
            return RegistryRetry.IsTransient(answer) ? throw RegistryRetry.Failure(answer, http.Options)
                : ((int)answer.StatusCode, answer.IsSuccessStatusCode ? await RegistryBody.ReadAsync(answer, registry, "a token", 1 << 20, http.Options, cancellationToken).ConfigureAwait(false) : []);
        }, cancellationToken).ConfigureAwait(false);
        return status switch
        {
            >= 200 and < 300 => body,
            400 or 401 or 403 => throw new RegistryUnauthorizedException(registry, "be used", string.Create(CultureInfo.InvariantCulture, $"the token server {realm.Authority} answers {status}"), Advice(registry, HasCredential)),
            _ => throw new RegistryAnswerInvalidException(registry, string.Create(CultureInfo.InvariantCulture, $"the token server {realm.Authority} answers {status}")),
        };
    }

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, Uri realm, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = make();
        using Engines.IdleClock clock = new(http.Options.ConnectTimeout + http.Options.IdleTimeout, cancellationToken);
        try
        {
            // A redirect is not followed: it would take the credential, or what was asked for, elsewhere.
            return await http.SendAsync(request, clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryFailureException($"the token server {realm.Authority} does not answer");
        }
    }

    /// <summary>What to do about a refusal.</summary>
    internal static string Advice(string registry, bool hasCredential) => hasCredential
        ? $"The credentials were not enough: log in again with docker login {registry}, or give others with -Credential."
        : $"Log in with docker login {registry} or podman login {registry}, or give -Credential.";

    private static AuthenticationHeaderValue Basic(RegistryCredential known)
        => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{known.User}:{known.Secret}")));

    private static string Key(IReadOnlyList<string> scopes) => string.Join(' ', scopes.Order(StringComparer.Ordinal));

    private sealed record Token(string Value, DateTimeOffset Renew)
    {
        public override string ToString() => "a token";
    }
}
