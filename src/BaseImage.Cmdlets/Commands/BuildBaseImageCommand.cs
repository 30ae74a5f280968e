using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Build-BaseImage: builds images from definitions and their locks.</summary>
[Cmdlet("Build", "BaseImage", SupportsShouldProcess = true)]
[OutputType(typeof(ContainerImage))]
public sealed class BuildBaseImageCommand : ArchiveCmdlet
{
    /// <summary>Where the image goes, in skopeo's notation; several at once. The module's own store where none is given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = [];

    /// <summary>Loads the image into the container engine too, as <c>-Destination docker-daemon:</c> does.</summary>
    [Parameter]
    public SwitchParameter Load { get; set; }

    /// <summary>
    /// The container engine's address, as DOCKER_HOST has it. Without it Docker's own settings say: DOCKER_HOST,
    /// DOCKER_CONTEXT, the current context, then the usual sockets of Docker and Podman.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DockerHost { get; set; }

    /// <summary>The name of a Docker context whose engine is meant.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? DockerContext { get; set; }

    /// <summary>The platforms to build; all that the lock has where none is given.</summary>
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

    /// <summary>How many workers prepare packages; one a processor where it is 0. It never changes the result.</summary>
    [Parameter]
    [ValidateRange(0, 1024)]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    private protected override IBaseImageEngine Engine => base.Engine.At(Address);

    private EngineAddress Address => new(DockerHost, DockerContext);

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDefinition(recurse: false, BuildAsync);

    private async Task BuildAsync(string path, PipelineWork work)
    {
        string[] destinations = [.. Destination.Concat(Load ? ["docker-daemon:"] : []).Select(Paths.Reference).Distinct(StringComparer.Ordinal)];
        ImageDefinition definition = await Engine.Definitions.ReadAsync(path, work.Stop);
        if (!File.Exists(definition.LockPath))
        {
            throw new LockNotFoundException(definition.LockPath);
        }

        BuildRequest request = new()
        {
            Definition = definition,
            Lock = await Engine.Locks.ReadAsync(definition.LockPath, work.Stop),
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
