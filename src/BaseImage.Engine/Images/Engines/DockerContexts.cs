using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// Docker's folder of settings: config.json and the contexts. Source: Docker CLI, "docker context": metadata in
/// contexts/meta/ID/meta.json and certificates in contexts/tls/ID/docker, ID being the SHA-256 of the context's name.
/// </summary>
internal sealed class DockerContexts(string folder)
{
    private static readonly JsonLimits Limits = new() { MaxBytes = 4 << 20, MaxDepth = 32, MaxValues = 100_000 };

    /// <summary>The folder of a user: DOCKER_CONFIG, or <c>.docker</c> at home.</summary>
    internal static DockerContexts Of(Func<string, string?> environment)
    {
        string? named = environment("DOCKER_CONFIG");
        string? home = environment(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME");
        return new DockerContexts(!string.IsNullOrEmpty(named) ? Path.GetFullPath(named)
            : Path.Combine(string.IsNullOrEmpty(home) ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) : home, ".docker"));
    }

    /// <summary>The folder.</summary>
    internal string Folder => folder;

    /// <summary>The name of the current context; null where none is set or there are no settings.</summary>
    /// <exception cref="EngineSettingsInvalidException">config.json is no JSON.</exception>
    internal string? Current()
    {
        string path = Path.Combine(folder, "config.json");
        return Read(path) is { } root && root["currentContext"] is JValue { Value: string { Length: > 0 } name } ? name : null;
    }

    /// <summary>The engine of a context; null where the context says nothing about it.</summary>
    /// <param name="name">The context's name.</param>
    /// <param name="origin">Who named it, for errors.</param>
    /// <exception cref="EngineContextNotFoundException">There is none of that name, or it names no engine.</exception>
    internal EngineEndpoint Find(string name, string origin)
    {
        string id = Id(name);
        string meta = Path.Combine(folder, "contexts", "meta", id, "meta.json");
        JObject root = Read(meta) ?? throw new EngineContextNotFoundException(EngineText.Safe(name), origin, "does not exist", Known());
        JObject? docker = (root["Endpoints"] as JObject)?["docker"] as JObject;
        if (docker?["Host"] is not JValue { Value: string { Length: > 0 } host })
        {
            throw new EngineContextNotFoundException(EngineText.Safe(name), origin, "names no engine", Known());
        }

        bool verify = docker["SkipTLSVerify"] is not JValue { Value: true };
        string tls = Path.Combine(folder, "contexts", "tls", id, "docker");
        return EngineHosts.Parse(host, $"the Docker context '{EngineText.Safe(name)}', {origin}", Directory.Exists(tls) || !verify ? EngineTls.FromFolder(tls, verify) : null);
    }

    /// <summary>The names of all contexts, in ordinal order.</summary>
    internal IReadOnlyList<string> Known()
    {
        string meta = Path.Combine(folder, "contexts", "meta");
        try
        {
            return !Directory.Exists(meta) ? [] : [.. Directory.EnumerateDirectories(meta).Take(1000).Select(NameOf).OfType<string>().Append("default").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? NameOf(string folder)
    {
        try
        {
            return Read(Path.Combine(folder, "meta.json")) is { } root && root["Name"] is JValue { Value: string { Length: > 0 and < 256 } name } ? EngineText.Safe(name) : null;
        }
        catch (EngineSettingsInvalidException)
        {
            // A broken context is no reason not to list the others.
            return null;
        }
    }

    private static string Id(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant();

    private static JObject? Read(string path)
    {
        byte[] bytes;
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                return null;
            }

            bytes = file.Length <= Limits.MaxBytes ? File.ReadAllBytes(path)
                : throw new EngineSettingsInvalidException(path, $"the file has {file.Length} bytes; at most {Limits.MaxBytes} are read", "Mend or remove the file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As Docker does: settings that this user may not read are no settings.
            return null;
        }

        try
        {
            return StrictJson.ParseObject(bytes, path, Limits);
        }
        catch (JsonInvalidException e)
        {
            throw new EngineSettingsInvalidException(path, "it cannot be read as JSON: " + e.Message, "Mend or remove the file; -DockerHost needs none of Docker's settings.", e);
        }
    }
}
