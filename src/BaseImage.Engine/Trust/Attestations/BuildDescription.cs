using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>What a build was asked for and what went into it. Source: SLSA provenance 1.0, "buildDefinition".</summary>
/// <param name="BuildType">How it was built: a URI.</param>
/// <param name="External">What was asked for.</param>
/// <param name="Internal">What the builder decided by itself.</param>
/// <param name="Dependencies">What went in.</param>
internal sealed record BuildDescription(string BuildType, JObject External, JObject Internal, IReadOnlyList<JObject> Dependencies)
{
    /// <summary>Something that went in; without digest where nothing pins it, which verifiers are told.</summary>
    internal static JObject Dependency(string name, string uri, Digest digest)
    {
        JObject one = new() { ["name"] = name };
        if (!digest.IsEmpty)
        {
            one["digest"] = new JObject { [digest.Algorithm] = digest.Hex };
        }

        SbomDocument.Put(one, "uri", uri);
        return one;
    }
}

/// <summary>Describes builds of Dockerfiles, and holds them against images. What builds comes after this room, and lends it this.</summary>
internal interface IDescribeDockerfile
{
    /// <summary>Describes a build, once it is known that the image can have come of it.</summary>
    /// <param name="image">The image, pinned.</param>
    /// <param name="build">The build.</param>
    /// <param name="reporter">Told what could not be held against the image.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="Errors.BaseImageException">The image was built from something else, or the Dockerfile cannot be read.</exception>
    Task<BuildDescription> DescribeAsync(string image, DockerfileBuildRequest build, IReporter reporter, CancellationToken cancellationToken);
}
