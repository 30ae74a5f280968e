using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// A file of credentials: Docker's config.json or Podman's auth.json. No error quotes what it holds.
/// Sources: Docker CLI, config.json; containers-auth.json(5).
/// </summary>
internal sealed class AuthFile
{
    private const string HubServer = "https://index.docker.io/v1/";
    private static readonly JsonLimits Limits = new() { MaxBytes = 4 << 20, MaxDepth = 32, MaxValues = 100_000 };

    private readonly string _path;
    private readonly JObject _root;

    private AuthFile(string path, JObject root) => (_path, _root) = (path, root);

    /// <summary>How files and helpers call a registry.</summary>
    internal static string ServerOf(string host) => host == RegistryName.DockerHub ? HubServer : host;

    /// <summary>Reads a file; null where there is none.</summary>
    internal static async Task<AuthFile?> TryReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileInfo info = new(path);
            if (!info.Exists)
            {
                return null;
            }

            return info.Length > Limits.MaxBytes ? throw Invalid(path, "it is too large")
                : Parse(path, await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RegistrySettingsInvalidException(path, "it cannot be read", "Let the account that runs this read the file, or name another with DOCKER_CONFIG or REGISTRY_AUTH_FILE.", e);
        }
    }

    /// <summary>Reads a file's bytes.</summary>
    internal static AuthFile Parse(string path, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.Trim(" \t\r\n"u8).Length == 0)
        {
            return new AuthFile(path, []);
        }

        try
        {
            return new AuthFile(path, StrictJson.ParseObject(bytes, path, Limits));
        }
        catch (JsonInvalidException e)
        {
            throw Invalid(path, $"it is no JSON object (line {e.Line})");
        }
    }

    /// <summary>The helper that keeps a registry's credentials; null for none.</summary>
    internal string? HelperFor(RegistryName name)
    {
        foreach (string key in HostKeys(name.Host))
        {
            if (_root["credHelpers"] is JObject helpers && helpers[key] is JValue { Value: string { Length: > 0 } own })
            {
                return Program(own);
            }
        }

        return _root["credsStore"] is JValue { Value: string { Length: > 0 } store } ? Program(store) : null;
    }

    /// <summary>A credential that stands in the file; null for none.</summary>
    internal RegistryCredential? Find(RegistryName name)
    {
        if (_root["auths"] is not JObject auths)
        {
            return null;
        }

        JProperty? entry = Keys(name).Select(key => auths.Property(key, StringComparison.Ordinal)).FirstOrDefault(found => found is not null)
            ?? auths.Properties().FirstOrDefault(property => HostKeys(name.Host).Contains(HostOf(property.Name), StringComparer.OrdinalIgnoreCase));
        return entry?.Value is JObject value ? Credential(value, entry.Name) : null;
    }

    // The most special first: Podman's files may name a namespace or repository.
    private static IEnumerable<string> Keys(RegistryName name)
    {
        string full = $"{name.Host}/{name.Repository}";
        for (int end = full.Length; end > name.Host.Length; end = full.LastIndexOf('/', end - 1))
        {
            yield return full[..end];
        }

        foreach (string key in HostKeys(name.Host))
        {
            yield return key;
        }
    }

    private static string[] HostKeys(string host) => host == RegistryName.DockerHub ? [HubServer, RegistryName.DockerHub, "index.docker.io"] : [host];

    // Docker writes 'https://host/v1/' where it once logged in.
    private static string HostOf(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return key.EndsWith("/v1/", StringComparison.Ordinal) || key.EndsWith("/v2/", StringComparison.Ordinal) ? key[..^4] : key.TrimEnd('/');
        }

        string rest = key[(scheme + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? rest : rest[..slash];
    }

    private RegistryCredential? Credential(JObject value, string key)
    {
        string identity = Text(value, "identitytoken"), token = Text(value, "registrytoken"), auth = Text(value, "auth");
        (string user, string secret) = (Text(value, "username"), Text(value, "password"));
        if (auth.Length > 0)
        {
            byte[] bytes = new byte[auth.Length];
            if (!Convert.TryFromBase64String(auth, bytes, out int count))
            {
                throw Invalid(_path, $"'auth' of '{Engines.EngineText.Safe(key)}' is not Base64");
            }

            string pair = Encoding.UTF8.GetString(bytes, 0, count).TrimEnd('\0');
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            (user, secret) = colon > 0 ? (pair[..colon], pair[(colon + 1)..]) : throw Invalid(_path, $"'auth' of '{Engines.EngineText.Safe(key)}' is not a name and a password with a colon between them");
        }

        return identity.Length > 0 || token.Length > 0 ? new RegistryCredential(user, secret) { IdentityToken = identity, RegistryToken = token }
            : user.Length > 0 ? new RegistryCredential(user, secret)
            : null;
    }

    private static string Text(JObject value, string key) => value[key] is JValue { Value: string text } ? text : "";

    // The name becomes a program's: it must not lead anywhere.
    private string Program(string name) => name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] is not ('.' or '-')
        ? name : throw Invalid(_path, "it names a credential helper that is no plain name");

    private static RegistrySettingsInvalidException Invalid(string path, string problem)
        => new(path, problem, "Log in again with docker login or podman login, which write the file anew, or give -Credential.");
}
