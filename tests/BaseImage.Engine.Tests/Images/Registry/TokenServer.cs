using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Web;
using BaseImage.Engine.Tests.Packages;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>A token server as registries know them: it signs what a user may do. Source: Docker's "Token Authentication Implementation".</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly HostileServer _server;

    public TokenServer(RegistryRoom room)
    {
        _certificate = new CertificateRequest("CN=tokens", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
        Certificates = room.Write("tokens.crt", _certificate.ExportCertificatePem());
        _server = new HostileServer(AnswerAsync);
    }

    public string Certificates { get; }

    public string Realm => _server.Url + "/token";

    public (string, string, string, string) Setup => (Realm, "the-registry", "the-issuer", Certificates);

    /// <summary>Who may do everything; who shows nothing may pull.</summary>
    public string Password { get; } = "s3cret-" + Guid.NewGuid().ToString("N");

    /// <summary>What the same user may show instead, in exchange for a token.</summary>
    public string IdentityToken { get; } = "identity-" + Guid.NewGuid().ToString("N");

    /// <summary>Repositories that nobody is let into.</summary>
    public string Closed { get; set; } = "";

    public int Seconds { get; set; } = 300;

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Every form that came, as OAuth2 has them.</summary>
    public ConcurrentQueue<string> Forms { get; } = new();

    /// <summary>The scopes of a request, in either way.</summary>
    public static string[] ScopesOf(string pathOrForm)
        => [.. (HttpUtility.ParseQueryString(pathOrForm[(pathOrForm.IndexOf('?', StringComparison.Ordinal) + 1)..]).GetValues("scope") ?? []).SelectMany(scope => scope.Split(' '))];

    public ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        _key.Dispose();
        return _server.DisposeAsync();
    }

    private Task AnswerAsync(HostileRequest request, Stream stream, CancellationToken token)
    {
        bool exchange = request.Method == "POST";
        (exchange ? Forms : Asked).Enqueue(exchange ? request.Form : request.Path);
        bool known = request.Headers.TryGetValue("authorization", out string? shown) || exchange;
        System.Collections.Specialized.NameValueCollection form = HttpUtility.ParseQueryString(request.Form);
        if (exchange ? (form["grant_type"], form["refresh_token"], form["service"]) != ("refresh_token", IdentityToken, "the-registry") || string.IsNullOrEmpty(form["client_id"]) || shown is not null
            : known && shown != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + Password)))
        {
            return HostileServer.ReplyAsync(stream, "401 Unauthorized", "Content-Length: 0\r\n", default);
        }

        string[] scopes = ScopesOf(exchange ? request.Form : request.Path);
        string access = string.Join(',', scopes.Select(scope =>
        {
            string[] parts = scope.Split(':');
            string actions = string.Join(',', parts[2].Split(',').Where(action => (known || action == "pull") && parts[1] != Closed).Select(action => $"\"{action}\""));
            return $$$"""{"type":"{{{parts[0]}}}","name":"{{{parts[1]}}}","actions":[{{{actions}}}]}""";
        }));
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string header = Encode(Encoding.UTF8.GetBytes($$$"""{"typ":"JWT","alg":"RS256","x5c":["{{{Convert.ToBase64String(_certificate.RawData)}}}"]}"""));
        string claims = Encode(Encoding.UTF8.GetBytes($$$"""{"iss":"the-issuer","sub":"user","aud":"the-registry","exp":{{{now + Seconds}}},"nbf":{{{now - 30}}},"iat":{{{now - 30}}},"jti":"{{{Guid.NewGuid():N}}}","access":[{{{access}}}]}"""));
        string signature = Encode(_key.SignData(Encoding.ASCII.GetBytes($"{header}.{claims}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        byte[] body = Encoding.UTF8.GetBytes($$$"""{"{{{(exchange ? "access_token" : "token")}}}":"{{{header}}}.{{{claims}}}.{{{signature}}}","expires_in":{{{Seconds}}}}""");
        return HostileServer.ReplyAsync(stream, "200 OK", $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n", body);
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
