namespace BaseImage.Ports;

/// <summary>Audits Dockerfiles.</summary>
public interface IAuditDockerfile
{
    /// <summary>
    /// One result a rule. A Dockerfile that cannot be read, or that a builder would refuse, has a row of status Error, never an
    /// exception, so that a pipeline that ends in a report writes it.
    /// </summary>
    IAsyncEnumerable<AuditResult> AuditAsync(DockerfileAuditRequest request, CancellationToken cancellationToken);
}

/// <summary>Which Dockerfile to audit, and by which rules.</summary>
public sealed record DockerfileAuditRequest
{
    /// <summary>What rows call it: its full path, or a name for a text that lies nowhere.</summary>
    public required string Path { get; init; }

    /// <summary>Its path from where the audit runs, with '/', which fingerprints and suppressions go by.</summary>
    public required string Name { get; init; }

    /// <summary>The text itself; null to read the file.</summary>
    public string? Content { get; init; }

    /// <summary>The policy file, as a full path; null for none.</summary>
    public string? PolicyPath { get; init; }

    /// <summary>Rule ids or wildcards to evaluate; empty for all.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Rule ids or wildcards to leave out.</summary>
    public IReadOnlyList<string> ExcludedRules { get; init; } = [];
}

/// <summary>Builds images from Dockerfiles through a container engine.</summary>
public interface IBuildDockerfile
{
    /// <summary>The names of a Dockerfile's stages, in its order.</summary>
    /// <param name="path">The Dockerfile, as a full path.</param>
    /// <param name="cancellationToken">Stops it.</param>
    IAsyncEnumerable<string> ReadStagesAsync(string path, CancellationToken cancellationToken);

    /// <summary>
    /// Builds, takes the image out of the engine, normalises it and writes it to every destination; nothing of the build
    /// stays in the engine. The result's reference is pinned and names the first of the destinations.
    /// </summary>
    Task<ContainerImage> BuildAsync(DockerfileBuildRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>Which Dockerfile to build, how, and where to. What is null or empty is as the settings file has it.</summary>
public sealed record DockerfileBuildRequest
{
    /// <summary>The Dockerfile, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The context's folder, as a full path; null for the settings', else the Dockerfile's own.</summary>
    public string? Context { get; init; }

    /// <summary>The settings file, as a full path; null for the one beside the Dockerfile, where there is one.</summary>
    public string? SettingsPath { get; init; }

    /// <summary>The stage to build.</summary>
    public string? Target { get; init; }

    /// <summary>The platform.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The network that RUN has.</summary>
    public BuildNetwork? Network { get; init; }

    /// <summary>What builds.</summary>
    public ContainerBuilder Builder { get; init; } = ContainerBuilder.Default;

    /// <summary>True to take bases and downloads that nothing pins, whatever they are today.</summary>
    public bool AllowUnpinned { get; init; }

    /// <summary>True to resolve what nothing pins, once, and to record it in the lock beside the Dockerfile.</summary>
    public bool UpdateLock { get; init; }

    /// <summary>What bases have to be signed by; null for Notation's own trust policy where there is one, and else for nothing.</summary>
    public TrustRequest? Trust { get; init; }

    /// <summary>True never to open a connection but to the engine: nothing is pulled or downloaded.</summary>
    public bool Offline { get; init; }

    /// <summary>Where the sources are kept, for the label <c>org.opencontainers.image.source</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Their revision, for the label <c>org.opencontainers.image.revision</c>.</summary>
    public string? Revision { get; init; }

    /// <summary>The newest time that may appear in the image.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    /// <summary>Destinations in skopeo's notation, paths already full; empty for the module's own store.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>Tags to give it where the destination has none; empty for <c>latest</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The compression of the image's own layers.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>What becomes of the layers above the base's.</summary>
    public OwnLayers? Layers { get; init; }

    /// <summary>True not to use what the builder has cached.</summary>
    public bool NoCache { get; init; }

    /// <summary>What is made different on purpose; null for nothing.</summary>
    public BuildVariation? Variation { get; init; }
}

/// <summary>Conditions that must not matter to what is built, for whoever finds out whether they do.</summary>
public sealed record BuildVariation
{
    /// <summary>TZ while building.</summary>
    public string? TimeZone { get; init; }

    /// <summary>LANG while building.</summary>
    public string? Locale { get; init; }

    /// <summary>Shuffles the order of the context's files; null for the usual one.</summary>
    public int? ContextOrder { get; init; }

    /// <summary>The processors that RUN may use, as <c>0</c> or <c>0-1</c>.</summary>
    public string? Processors { get; init; }

    /// <summary>True to leave the result as the builder made it but for its times, so that differences show.</summary>
    public bool KeepVolatile { get; init; }
}
