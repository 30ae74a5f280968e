namespace BaseImage.Engine.Images.Engines;

/// <summary>An engine's builder, and where it gets images from.</summary>
internal interface IEngineBuilds
{
    /// <summary>
    /// Builds a Dockerfile. Source: Docker Engine API 1.41, "ImageBuild"; <c>version</c> 2 is BuildKit, which needs no session
    /// where the whole context is sent.
    /// </summary>
    /// <param name="plan">What to build.</param>
    /// <param name="context">The tar of the context, read once and disposed of.</param>
    /// <param name="cancellationToken">Stops it: the request is closed, at which engines end the build.</param>
    /// <returns>Its messages, JSON objects one after the other, until it ends.</returns>
    Task<Stream> BuildAsync(EngineBuildPlan plan, Stream context, CancellationToken cancellationToken);

    /// <summary>Has the engine fetch an image from its registry.</summary>
    /// <param name="name">A name with a tag or a digest.</param>
    /// <param name="platform">The platform that is wanted.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task PullAsync(string name, Platform platform, CancellationToken cancellationToken);

    /// <summary>
    /// Has the engine ask a registry what a name means now, without fetching anything. Source: Docker Engine API 1.41,
    /// "DistributionInspect".
    /// </summary>
    /// <param name="name">A name with a tag.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The digest of the manifest or index.</returns>
    Task<Digest> DistributionAsync(string name, CancellationToken cancellationToken);

    /// <summary>The time by the engine's clock; null where it does not say.</summary>
    Task<DateTimeOffset?> TimeAsync(CancellationToken cancellationToken);
}

/// <summary>What an engine is to build.</summary>
internal sealed record EngineBuildPlan
{
    /// <summary>The Dockerfile's path inside the context.</summary>
    internal required string Dockerfile { get; init; }

    /// <summary>The name that the image gets.</summary>
    internal required string Name { get; init; }

    /// <summary>The stage; empty for the last.</summary>
    internal string Target { get; init; } = "";

    /// <summary>The platform; null for the engine's own.</summary>
    internal Platform? Platform { get; init; }

    /// <summary>Build arguments.</summary>
    internal IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>none, default or host.</summary>
    internal string Network { get; init; } = "none";

    /// <summary>True not to use the builder's cache.</summary>
    internal bool NoCache { get; init; }

    /// <summary>True for BuildKit.</summary>
    internal bool BuildKit { get; init; }

    /// <summary>The processors that RUN may use; empty for all.</summary>
    internal string Processors { get; init; } = "";
}
