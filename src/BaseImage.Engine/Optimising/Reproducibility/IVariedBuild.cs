using BaseImage.Ports;

namespace BaseImage.Engine.Optimising.Reproducibility;

/// <summary>Something that can be built under conditions.</summary>
internal interface IVariedBuild
{
    /// <summary>The image's name.</summary>
    string Name { get; }

    /// <summary>The definition or Dockerfile.</summary>
    string Path { get; }

    /// <summary>The Dockerfile that differences are told by; null for none.</summary>
    string? DockerfilePath { get; }

    /// <summary>What can be varied.</summary>
    IReadOnlyList<BuildCondition> Conditions { get; }

    /// <summary>Builds.</summary>
    /// <param name="varied">What is varied; everything else is as in the first build.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="number">The number of the build, from 1.</param>
    /// <param name="reporter">Told how far it has come.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<ContainerImage> BuildAsync(IReadOnlyList<BuildCondition> varied, string destination, int number, IReporter reporter, CancellationToken cancellationToken);
}
