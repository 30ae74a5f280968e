using System.Globalization;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>Reads an engine's address as DOCKER_HOST, -DockerHost and contexts have it.</summary>
internal static class EngineHosts
{
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    /// <summary>Reads an address.</summary>
    /// <param name="host">The address.</param>
    /// <param name="origin">What named it, for errors.</param>
    /// <param name="tls">TLS for addresses that can have it; null for none.</param>
    /// <exception cref="EngineHostNotSupportedException">It is not one that is spoken.</exception>
    internal static EngineEndpoint Parse(string host, string origin, EngineTls? tls)
    {
        string text = host.Trim();
        int at = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = at < 0 ? "" : text[..at].ToLowerInvariant();
        string rest = at < 0 ? text : text[(at + 3)..];
        return scheme switch
        {
            "unix" => rest.StartsWith('/') && rest.Length > 1
                ? new EngineEndpoint { Kind = EngineEndpointKind.UnixSocket, Host = text, Origin = origin, Path = rest }
                : throw Bad(text, origin, "a socket's path has to be absolute", "Write it with three slashes, as in unix:///var/run/docker.sock."),
            "npipe" => Pipe(text, rest, origin),
            "tcp" => Tcp(text, rest, origin, tls),
            "http" => Tcp(text, rest, origin, null),
            "https" => Tcp(text, rest, origin, tls ?? new EngineTls(null, null, null, Verify: true)),
            "ssh" => throw Bad(text, origin, "ssh:// is not spoken here",
                $"Forward the socket and name the forwarded one: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock {(rest.Length > 0 && !rest.Any(char.IsControl) ? rest : "user@host")}; then -DockerHost unix:///tmp/engine.sock."),
            "fd" => throw Bad(text, origin, "fd:// is for an engine to listen on", "Name the socket that it listens on, as in unix:///var/run/docker.sock."),
            _ => throw Bad(text, origin, text.Length == 0 ? "it is empty" : "it has no form that engines listen on", "Write unix:///path/to/socket, npipe:////./pipe/name, tcp://host:port or https://host:port."),
        };
    }

    private static EngineEndpoint Pipe(string text, string rest, string origin)
    {
        // Docker writes npipe:////./pipe/name, .NET npipe://./pipe/name.
        string[] parts = rest.Replace('\\', '/').Trim('/').Split('/');
        if (parts.Length != 3 || !parts[1].Equals("pipe", StringComparison.OrdinalIgnoreCase) || parts[0].Length == 0 || parts[2].Length == 0)
        {
            throw Bad(text, origin, "it does not name a pipe", "Write it as npipe:////./pipe/docker_engine.");
        }

        return OperatingSystem.IsWindows()
            ? new EngineEndpoint { Kind = EngineEndpointKind.NamedPipe, Host = text, Origin = origin, Machine = parts[0] == "localhost" ? "." : parts[0], Path = parts[2] }
            : throw Bad(text, origin, "named pipes are Windows'", "Name a socket, as in unix:///var/run/docker.sock.");
    }

    private static EngineEndpoint Tcp(string text, string rest, string origin, EngineTls? tls)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        if (slash >= 0 && slash < rest.Length - 1)
        {
            throw Bad(text, origin, "a path after the port is not spoken here", "Write tcp://host:port alone.");
        }

        int bracket = authority.IndexOf(']', StringComparison.Ordinal);
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon > bracket && (bracket >= 0 || authority.IndexOf(':', StringComparison.Ordinal) == colon);
        string machine = (hasPort ? authority[..colon] : authority).Trim('[', ']');
        int port = tls is null ? PlainPort : TlsPort;
        bool good = !hasPort || (int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535);
        return good && Uri.CheckHostName(machine) is not UriHostNameType.Unknown
            ? new EngineEndpoint { Kind = EngineEndpointKind.Tcp, Host = text, Origin = origin, Machine = machine, Port = port, Tls = tls }
            : throw Bad(text, origin, "it does not name a host and a port", "Write it as tcp://host:2375, or tcp://host:2376 with TLS.");
    }

    private static EngineHostNotSupportedException Bad(string host, string origin, string problem, string action) => new(EngineText.Safe(host), origin, problem, action);
}
