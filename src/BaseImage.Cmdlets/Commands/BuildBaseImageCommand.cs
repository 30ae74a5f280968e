using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Build-BaseImage: builds images from definitions and their locks, or from Dockerfiles through a container engine.</summary>
[Cmdlet("Build", "BaseImage", SupportsShouldProcess = true, DefaultParameterSetName = DefinitionSet)]
[OutputType(typeof(ContainerImage))]
public sealed class BuildBaseImageCommand : ContainerBuildCmdlet
{
    /// <summary>Finds out what nothing pins, and records it in the lock beside the Dockerfile (Dockerfile.lock.json).</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public SwitchParameter UpdateLock { get; set; }

    /// <summary>Where the sources are kept, for the label org.opencontainers.image.source.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>Their revision, for the label org.opencontainers.image.revision.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    [ValidateNotNullOrEmpty]
    public string? Revision { get; set; }

    /// <summary>What becomes of the layers above the base's: Keep, or Squash to make one of them.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public OwnLayers? Layers { get; set; }

    /// <summary>Builds every step, whatever the builder has cached.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public SwitchParameter NoCache { get; set; }

    /// <summary>Where the image goes, in skopeo's notation; several at once. The module's own store where none is given.</summary>
    [Parameter(Position = 1, ParameterSetName = DefinitionSet)]
    [Parameter(Position = 0, ParameterSetName = DockerfileSet)]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = [];

    /// <summary>Loads the image into the container engine too, as <c>-Destination docker-daemon:</c> does.</summary>
    [Parameter]
    public SwitchParameter Load { get; set; }

    /// <summary>The user name and password for registries among the destinations, instead of what Docker's and Podman's settings have.</summary>
    [Parameter]
    [Credential]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <summary>The platforms to build; all that the lock has where none is given. A Dockerfile is built for one, the engine's own where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform[] Platform { get; set; } = [];

    /// <summary>How layers are compressed.</summary>
    [Parameter]
    public LayerCompression Compression { get; set; } = LayerCompression.Gzip;

    /// <summary>The newest time that may appear in the image, instead of the lock's.</summary>
    [Parameter]
    [EpochTransformation]
    public DateTimeOffset? SourceDateEpoch { get; set; }

    /// <summary>Tags for destinations that name none; <c>latest</c> where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>The trust policy that the images that are built on are judged by, as Notation has it; Notation's own where there is one and none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? TrustPolicyPath { get; set; }

    /// <summary>The trust store, the folder that has x509 in it; the one beside the policy where none is given.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? TrustStorePath { get; set; }

    /// <summary>How many workers prepare packages; one a processor where it is 0. It never changes the result.</summary>
    [Parameter(ParameterSetName = DefinitionSet)]
    [ValidateRange(0, 1024)]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    private protected override IBaseImageEngine Engine => base.Engine.With(new RegistryAccess { Login = RegistryLogins.Of(Credential) });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == DefinitionSet)
        {
            ForEachDefinition(recurse: false, BuildAsync);
            return;
        }

        ForEachDockerfile(Complete, BuildAsync);
    }

    private string[] Destinations => [.. Destination.Concat(Load ? ["docker-daemon:"] : []).Select(Paths.Reference).Distinct(StringComparer.Ordinal)];

    private DockerfileBuildRequest Complete(DockerfileBuildRequest request) => request with
    {
        Platform = Platform.Length < 2 ? Platform.FirstOrDefault() : throw new SinglePlatformDestinationException(request.Path, Platform.Select(platform => platform.ToString())),
        UpdateLock = UpdateLock,
        Trust = TrustLocation.Of(Paths, TrustPolicyPath, TrustStorePath),
        Source = Source,
        Revision = Revision,
        SourceDateEpoch = SourceDateEpoch,
        Destinations = Destinations,
        Tags = Tag,
        Compression = Compression,
        Layers = Layers,
        NoCache = NoCache,
    };

    private async Task BuildAsync(DockerfileBuildRequest request, PipelineWork work)
    {
        string target = request.Destinations.Count == 0 ? "the module's store" : string.Join(", ", request.Destinations);
        if (await work.ShouldProcessAsync(target, $"Build {request.Path} by the container engine"))
        {
            await work.WriteAsync(EngineLocation.Of(await Engine.DockerfileBuilder.BuildAsync(request, work, work.Stop), Address));
        }
    }

    private async Task BuildAsync(string path, PipelineWork work)
    {
        string[] destinations = Destinations;
        ImageDefinition definition = await Engine.Definitions.ReadAsync(path, work.Stop);
        BuildRequest request = new()
        {
            Definition = definition,
            Lock = await LockAsync(definition, work),
            Trust = TrustLocation.Of(Paths, TrustPolicyPath, TrustStorePath),
            Access = Access(),
            Destinations = destinations,
            Platforms = Platform,
            Compression = Compression,
            SourceDateEpoch = SourceDateEpoch,
            Workers = ThrottleLimit,
            Tags = Tag,
        };
        string target = destinations.Length == 0 ? "the module's store" : string.Join(", ", destinations);
        if (await work.ShouldProcessAsync(target, $"Build {definition.Name} from {path}"))
        {
            await work.WriteAsync(EngineLocation.Of(await Engine.Builder.BuildAsync(request, work, work.Stop) with { Policy = definition.Policy }, Address));
        }
    }
}
