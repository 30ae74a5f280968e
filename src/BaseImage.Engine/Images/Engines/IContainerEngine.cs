namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// The port to one container engine, Docker's or Podman's. What it hands out speaks of images and containers, never of the
/// client library behind it.
/// </summary>
internal interface IContainerEngine
{
    /// <summary>Where it is, as DOCKER_HOST has it.</summary>
    string Host { get; }

    /// <summary>What it is.</summary>
    EngineInfo Info { get; }

    /// <summary>Its images.</summary>
    IEngineImages Images { get; }

    /// <summary>Its containers and volumes.</summary>
    IEngineContainers Containers { get; }

    /// <summary>Its builder.</summary>
    IEngineBuilds Builds { get; }

    /// <summary>What has gone to and fro.</summary>
    EngineTraffic Traffic { get; }
}

/// <summary>What an engine says of itself.</summary>
internal sealed record EngineInfo
{
    /// <summary><c>Docker Engine</c>, <c>Podman</c>, or what it calls itself.</summary>
    internal required string Name { get; init; }

    /// <summary>Its version.</summary>
    internal required string Version { get; init; }

    /// <summary>The newest version of the API that it speaks.</summary>
    internal required Version ApiVersion { get; init; }

    /// <summary>What its containers run on.</summary>
    internal required Platform Platform { get; init; }

    /// <summary>True of Podman's service.</summary>
    internal bool IsPodman { get; init; }

    /// <summary>True where images live in containerd, whose ids are digests of manifests and which takes OCI layouts.</summary>
    internal bool HasContainerdStore { get; init; }

    /// <summary>1 or 2; 0 where it does not say.</summary>
    internal int CgroupVersion { get; init; }

    /// <summary>True where it runs without root.</summary>
    internal bool IsRootless { get; init; }

    /// <summary>Name and version, for messages.</summary>
    public override string ToString() => $"{Name} {Version}";
}
