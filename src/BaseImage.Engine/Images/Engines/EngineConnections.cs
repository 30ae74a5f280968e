using BaseImage.Ports;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// The engines that a session speaks with, each met once. Where an engine is asked for is worked out at every request: a
/// session may set DOCKER_HOST after importing the module.
/// </summary>
internal sealed class EngineConnections : IDisposable
{
    private readonly Dictionary<EngineEndpoint, DockerConnection> _connections = [];
    private readonly Func<string, string?> _environment;
    private readonly EngineTimeouts _timeouts;

    internal EngineConnections(Func<string, string?> environment, EngineTimeouts? timeouts = null) => (_environment, _timeouts) = (environment, timeouts ?? new EngineTimeouts());

    /// <summary>The usual places; null for the operating system's. Tests name their own.</summary>
    internal IReadOnlyList<string>? UsualHosts { get; init; }

    /// <summary>Where the engine would be; null where nothing is configured and nothing is at the usual places.</summary>
    internal EngineEndpoint? TryFind(EngineAddress address) => Resolver.TryResolve(address);

    /// <summary>Meets the engine that is meant.</summary>
    internal Task<DockerEngine> OpenAsync(EngineAddress address, CancellationToken cancellationToken) => DockerEngine.MeetAsync(Connect(Resolver.Resolve(address)), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_connections)
        {
            foreach (DockerConnection connection in _connections.Values)
            {
                connection.Dispose();
            }

            _connections.Clear();
        }
    }

    private EngineResolver Resolver => new(_environment) { UsualHosts = UsualHosts };

    private DockerConnection Connect(EngineEndpoint endpoint)
    {
        lock (_connections)
        {
            if (!_connections.TryGetValue(endpoint, out DockerConnection? connection))
            {
                connection = DockerConnection.Open(endpoint, _timeouts);
                _connections.Add(endpoint, connection);
            }

            return connection;
        }
    }
}
