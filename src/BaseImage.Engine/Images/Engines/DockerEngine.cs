using BaseImage.Errors;
using Docker.DotNet.Models;
using Version = System.Version;

namespace BaseImage.Engine.Images.Engines;

/// <summary>An engine that speaks Docker's API: Docker itself, or Podman's service.</summary>
internal sealed class DockerEngine : IContainerEngine
{
    // Docker 19.03; Podman 3 and later say 1.40 or 1.41.
    private static readonly Version Oldest = new(1, 40);

    private DockerEngine(DockerConnection connection, EngineInfo info) => (Connection, Info, Images, Containers, Builds) = (connection, info, new DockerImages(connection), new DockerContainers(connection), new DockerBuilds(connection));

    /// <inheritdoc/>
    public string Host => Connection.Endpoint.Host;

    /// <inheritdoc/>
    public EngineInfo Info { get; }

    /// <inheritdoc/>
    public IEngineImages Images { get; }

    /// <inheritdoc/>
    public IEngineContainers Containers { get; }

    /// <inheritdoc/>
    public IEngineBuilds Builds { get; }

    /// <inheritdoc/>
    public EngineTraffic Traffic => Connection.Traffic;

    /// <summary>The way to it, for adapters of the port's other parts.</summary>
    internal DockerConnection Connection { get; }

    /// <summary>Meets the engine: asks for its version and judges whether it can be spoken with.</summary>
    internal static async Task<DockerEngine> MeetAsync(DockerConnection connection, CancellationToken cancellationToken)
    {
        string host = connection.Endpoint.Host;
        VersionResponse? version;
        try
        {
            version = await connection.AskAsync("tell its version", (client, token) => client.System.GetVersionAsync(token), cancellationToken).ConfigureAwait(false);
        }
        catch (EngineRequestFailedException e) when (e.Status is >= 400 and < 500 and not 401 and not 403)
        {
            throw new EngineAnswerInvalidException(host, $"asked for its version, it answers with status {e.Status}", e);
        }

        if (!Version.TryParse(version?.APIVersion, out Version? api))
        {
            throw new EngineAnswerInvalidException(host, "its version names no API");
        }

        SystemInfoResponse info = await connection.AskAsync("tell about itself", (client, token) => client.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false)
            ?? throw new EngineAnswerInvalidException(host, "it says nothing of itself");
        bool podman = (version!.Components ?? []).Any(component => component?.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) is true);
        string name = podman ? "Podman" : "Docker Engine";
        string number = EngineText.Safe((version.Components ?? []).FirstOrDefault(component => component?.Name?.Contains("Podman", StringComparison.OrdinalIgnoreCase) is true)?.Version ?? version.Version ?? "");
        if (api < Oldest)
        {
            throw new EngineTooOldException(host, $"{name} {number}", api.ToString(), Oldest.ToString());
        }

        string platform = $"{(string.IsNullOrEmpty(info.OSType) ? version.Os : info.OSType)}/{version.Arch}".ToLowerInvariant();
        IEnumerable<string> options = (info.SecurityOptions ?? []).OfType<string>();
        return new DockerEngine(connection, new EngineInfo
        {
            Name = name,
            Version = number,
            ApiVersion = api,
            Platform = Platform.TryParse(platform, out Platform? parsed) ? parsed : throw new EngineAnswerInvalidException(host, $"'{EngineText.Safe(platform)}' is no platform"),
            IsPodman = podman,
            HasContainerdStore = (info.DriverStatus ?? []).Any(pair => pair is [var key, var value, ..] && key == "driver-type" && value?.StartsWith("io.containerd.snapshotter", StringComparison.Ordinal) is true),
            CgroupVersion = info.CgroupVersion is "1" or "2" ? info.CgroupVersion[0] - '0' : 0,
            IsRootless = options.Any(option => option.Contains("rootless", StringComparison.Ordinal)),
        });
    }
}
