using BaseImage.Ports;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// The engines that a session speaks with, each met once. Where an engine is asked for is worked out at every request: a
/// session may set DOCKER_HOST after importing the module.
/// </summary>
internal sealed class EngineConnections : IDisposable
{
    private readonly Dictionary<EngineEndpoint, DockerConnection> _connections = [];
    private readonly Dictionary<EngineEndpoint, DockerEngine> _met = [];
    private readonly Func<string, string?> _environment;
    private readonly EngineTimeouts _timeouts;

    internal EngineConnections(Func<string, string?> environment, EngineTimeouts? timeouts = null) => (_environment, _timeouts) = (environment, timeouts ?? new EngineTimeouts());

    /// <summary>The usual places; null for the operating system's. Tests name their own.</summary>
    internal IReadOnlyList<string>? UsualHosts { get; init; }

    /// <summary>Where the engine would be; null where nothing is configured and nothing is at the usual places.</summary>
    internal EngineEndpoint? TryFind(EngineAddress address) => Resolver.TryResolve(address);

    /// <summary>Meets the engine that is meant.</summary>
    internal async Task<DockerEngine> OpenAsync(EngineAddress address, CancellationToken cancellationToken)
    {
        EngineEndpoint endpoint = Resolver.Resolve(address);
        lock (_connections)
        {
            if (_met.TryGetValue(endpoint, out DockerEngine? known))
            {
                return known;
            }
        }

        DockerEngine engine = await DockerEngine.MeetAsync(Connect(endpoint), cancellationToken).ConfigureAwait(false);
        lock (_connections)
        {
            return _met[endpoint] = engine;
        }
    }

    /// <summary>The contexts that Docker's settings name.</summary>
    internal IReadOnlyList<string> Contexts => DockerContexts.Of(_environment).Known();

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
            _met.Clear();
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
