using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// Says which engine is meant, in Docker's own order: the host or context given on the command line, DOCKER_HOST,
/// DOCKER_CONTEXT, the current context of Docker's settings, and then the first usual place that is there: Docker's, a
/// rootless Docker's, Podman's. Source: Docker CLI, "docker context", and podman-system-service(1).
/// </summary>
/// <param name="environment">Answers an environment variable's value, or null.</param>
internal sealed class EngineResolver(Func<string, string?> environment)
{
    private const string DefaultContext = "default";

    /// <summary>The usual places; null for those of this operating system. Tests name their own.</summary>
    internal IReadOnlyList<string>? UsualHosts { get; init; }

    /// <summary>The engine that is meant.</summary>
    /// <exception cref="EngineNotFoundException">Nothing is configured and nothing is at the usual places.</exception>
    internal EngineEndpoint Resolve(EngineAddress address)
    {
        (EngineEndpoint? endpoint, IReadOnlyList<string> tried) = Find(address);
        return endpoint ?? throw new EngineNotFoundException(tried);
    }

    /// <summary>The engine that is meant; null where nothing is configured and nothing is at the usual places.</summary>
    internal EngineEndpoint? TryResolve(EngineAddress address) => Find(address).Endpoint;

    private (EngineEndpoint? Endpoint, IReadOnlyList<string> Tried) Find(EngineAddress address)
    {
        DockerContexts contexts = DockerContexts.Of(environment);
        if (!string.IsNullOrEmpty(address.Host) && !string.IsNullOrEmpty(address.Context))
        {
            throw new EngineSettingsInvalidException("-DockerHost and -DockerContext", "both were given, and each names an engine", "Give one of them.");
        }

        if (!string.IsNullOrEmpty(address.Host))
        {
            return (EngineHosts.Parse(address.Host, "-DockerHost", TlsOfEnvironment(contexts)), []);
        }

        string? host = Value("DOCKER_HOST");
        (string? context, string origin) = !string.IsNullOrEmpty(address.Context) ? (address.Context, "-DockerContext")
            : host is not null ? (null, "")
            : Value("DOCKER_CONTEXT") is { } named ? (named, "DOCKER_CONTEXT")
            : contexts.Current() is { } current ? (current, $"current in {contexts.Folder}")
            : (null, "");
        if (context is not null and not DefaultContext)
        {
            return (contexts.Find(context, origin), []);
        }

        return host is not null ? (EngineHosts.Parse(host, "DOCKER_HOST", TlsOfEnvironment(contexts)), []) : FindUsual();
    }

    private (EngineEndpoint? Endpoint, IReadOnlyList<string> Tried) FindUsual()
    {
        string[] hosts = [.. UsualHosts ?? Usual()];
        foreach (string host in hosts)
        {
            EngineEndpoint endpoint = EngineHosts.Parse(host, "a default socket", null) with { IsConfigured = false };
            if (endpoint.Kind is EngineEndpointKind.NamedPipe ? PipeExists(endpoint.Path) : File.Exists(endpoint.Path))
            {
                return (endpoint, hosts);
            }
        }

        return (null, hosts);
    }

    private IEnumerable<string> Usual()
    {
        if (OperatingSystem.IsWindows())
        {
            return ["npipe:////./pipe/docker_engine", "npipe:////./pipe/dockerDesktopLinuxEngine", "npipe:////./pipe/podman-machine-default"];
        }

        string? runtime = Value("XDG_RUNTIME_DIR") is { } folder && folder.StartsWith('/') ? folder : null;
        string? home = Value("HOME") is { } path && path.StartsWith('/') ? path : null;
        string?[] places =
        [
            "/var/run/docker.sock",
            runtime is null ? null : $"{runtime}/docker.sock",
            home is null ? null : $"{home}/.docker/run/docker.sock",
            "/run/podman/podman.sock",
            runtime is null ? null : $"{runtime}/podman/podman.sock",
            home is null ? null : $"{home}/.local/share/containers/podman/machine/podman.sock",
        ];
        return from place in places where place is not null select "unix://" + place;
    }

    // Docker reads three variables: TLS_VERIFY means TLS that is checked, TLS means TLS that is not, CERT_PATH says where the files are.
    private EngineTls? TlsOfEnvironment(DockerContexts contexts)
    {
        bool verify = Value("DOCKER_TLS_VERIFY") is not null;
        if (!verify && Value("DOCKER_TLS") is null)
        {
            return null;
        }

        string folder = Value("DOCKER_CERT_PATH") ?? contexts.Folder;
        return Directory.Exists(folder) || Value("DOCKER_CERT_PATH") is null ? EngineTls.FromFolder(folder, verify)
            : throw new EngineSettingsInvalidException($"DOCKER_CERT_PATH={EngineText.Safe(folder)}", "the folder does not exist", "Name the folder that holds ca.pem, cert.pem and key.pem, or unset DOCKER_TLS_VERIFY.");
    }

    private string? Value(string name) => environment(name) is { Length: > 0 } value ? value : null;

    private static bool PipeExists(string name)
    {
        try
        {
            // Opening a pipe to see whether it is there would take one of its instances; its folder lists them.
            return Directory.EnumerateFiles(@"\\.\pipe\", name).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
