namespace BaseImage.Ports;

/// <summary>Finds out whether something builds to the same digest under other conditions.</summary>
public interface ITestReproducibility
{
    /// <summary>Builds several times and compares; what was built is taken away again unless it is to be kept.</summary>
    /// <exception cref="Errors.BaseImageException">A build failed, or a condition cannot be varied for what is built.</exception>
    Task<ReproducibilityResult> TestAsync(ReproducibilityRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What to build, and what to vary.</summary>
public sealed record ReproducibilityRequest
{
    /// <summary>The definition's build; null where a Dockerfile is built. Its destinations are not used.</summary>
    public BuildRequest? Definition { get; init; }

    /// <summary>The Dockerfile's build; null where a definition is built. Its destinations are not used.</summary>
    public DockerfileBuildRequest? Dockerfile { get; init; }

    /// <summary>
    /// The conditions to vary, each in a build of its own; empty for all at once, and then one at a time where that gave
    /// another digest.
    /// </summary>
    public IReadOnlyList<BuildCondition> Vary { get; init; } = [];

    /// <summary>Builds beside the first that vary nothing.</summary>
    public int Repeat { get; init; }

    /// <summary>True to leave a Dockerfile's image as the builder made it but for its times, so that what normalising hides is seen.</summary>
    public bool KeepVolatile { get; init; }

    /// <summary>A folder to keep the builds in as layouts, as a full path; null to take them away.</summary>
    public string? DestinationPath { get; init; }
}
