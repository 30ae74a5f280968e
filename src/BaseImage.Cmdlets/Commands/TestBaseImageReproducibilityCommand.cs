using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Test-BaseImageReproducibility: builds under varied conditions, and says whether and why the digests differ.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BaseImageReproducibility", DefaultParameterSetName = DefinitionSet)]
[OutputType(typeof(ReproducibilityResult))]
public sealed class TestBaseImageReproducibilityCommand : ArchiveCmdlet
{
    private const string DefinitionSet = "Definition";
    private const string DockerfileSet = "Dockerfile";

    /// <summary>Definitions, locks or folders of them; wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = DefinitionSet)]
    [Alias("FullName", "PSPath")]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public override string[] Path { get; set; } = ["."];

    /// <summary>
    /// Where packages come from, instead of every other setting: URLs or folders, for any archive or, in a table, by
    /// archive id.
    /// </summary>
    [Parameter(ParameterSetName = DefinitionSet)]
    [ValidateNotNullOrEmpty]
    public override object[] Mirror { get; set; } = [];

    /// <summary>Dockerfiles, or folders that hold one; wildcards. They are built by the container engine.</summary>
    [Parameter(Mandatory = true, ParameterSetName = DockerfileSet)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] Dockerfile { get; set; } = [];

    /// <summary>The folder that COPY and ADD take files from; that of the settings file, else the Dockerfile's own, where none is given.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The stage to build; the last where none is given.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>The network that RUN has: None, where nothing else is given here or in the settings file.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public BuildNetwork? Network { get; set; }

    /// <summary>What builds: the engine's own builder, Docker's classic one or BuildKit.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public ContainerBuilder Builder { get; set; } = ContainerBuilder.Default;

    /// <summary>Takes bases and downloads that nothing pins, whatever they are today.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public SwitchParameter AllowUnpinned { get; set; }

    /// <summary>Leaves the image as the builder made it but for its times, so that what normalising would hide is seen.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public SwitchParameter KeepVolatile { get; set; }

    /// <summary>
    /// The conditions to vary, each in a build of its own. Where none is given all are varied at once, and then one at a time
    /// if that gave another digest.
    /// </summary>
    [Parameter]
    public BuildCondition[] Vary { get; set; } = [];

    /// <summary>How many further builds vary nothing.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Repeat { get; set; }

    /// <summary>A folder to keep the builds in, each a layout by its number.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? DestinationPath { get; set; }

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

    /// <inheritdoc/>
    private protected override IBaseImageEngine Engine => base.Engine.At(new EngineAddress(DockerHost, DockerContext));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? folder = null;
        if (DestinationPath is not null && !Try(DestinationPath, () => folder = Paths.Full(DestinationPath)))
        {
            return;
        }

        ReproducibilityRequest request = new() { Vary = Vary, Repeat = Repeat, KeepVolatile = KeepVolatile };
        if (ParameterSetName == DefinitionSet)
        {
            ForEachDefinition(recurse: false, async (path, work) => await TestAsync(request with { Definition = await DefinitionAsync(path, work), DestinationPath = Folder(folder, path) }, work));
            return;
        }

        foreach (string item in Dockerfile)
        {
            List<DockerfileBuildRequest> builds = [];
            if (Try(item, () => builds.AddRange(Paths.Existing(item).Select(path => Build(DockerfileFiles.One(path))).DistinctBy(build => build.Path))))
            {
                foreach (DockerfileBuildRequest build in builds)
                {
                    Run(build.Path, work => TestAsync(request with { Dockerfile = build, DestinationPath = Folder(folder, build.Path) }, work));
                }
            }
        }
    }

    private async Task TestAsync(ReproducibilityRequest request, PipelineWork work)
        => await work.WriteAsync(await Engine.Reproducibility.TestAsync(request, work, work.Stop));

    private async Task<BuildRequest> DefinitionAsync(string path, PipelineWork work)
    {
        ImageDefinition definition = await Engine.Definitions.ReadAsync(path, work.Stop);
        return File.Exists(definition.LockPath)
            ? new BuildRequest { Definition = definition, Lock = await Engine.Locks.ReadAsync(definition.LockPath, work.Stop), Access = Access() }
            : throw new LockNotFoundException(definition.LockPath);
    }

    private DockerfileBuildRequest Build(string path) => new()
    {
        Path = path,
        Context = Context is null ? null : Paths.Existing(Context)[0],
        Target = Target,
        Network = Network,
        Builder = Builder,
        AllowUnpinned = AllowUnpinned,
        Offline = Offline,
    };

    // Several are kept side by side.
    private static string? Folder(string? folder, string path)
        => folder is null ? null : System.IO.Path.Combine(folder, System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path)) is { Length: > 0 } name ? name : "build");
}
