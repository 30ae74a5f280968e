using System.Management.Automation;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that build: from definitions and their locks, or from Dockerfiles through a container engine.</summary>
public abstract class ContainerBuildCmdlet : ArchiveCmdlet
{
    /// <summary>The parameter set of definitions.</summary>
    private protected const string DefinitionSet = "Definition";

    /// <summary>The parameter set of Dockerfiles.</summary>
    private protected const string DockerfileSet = "Dockerfile";

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

    /// <summary>The settings file; Dockerfile.build.psd1 or Dockerfile.build.json beside the Dockerfile where none is given.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? SettingsPath { get; set; }

    /// <summary>The stage to build; the last where none is given.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    [ArgumentCompleter(typeof(StageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>The network that RUN has: None, where nothing else is given here or in the settings file.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public BuildNetwork? Network { get; set; }

    /// <summary>What builds: the engine's own builder, Docker's classic one or BuildKit.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public ContainerBuilder Builder { get; set; } = ContainerBuilder.Default;

    /// <summary>Takes bases and downloads that nothing pins, whatever they are today, with a warning.</summary>
    [Parameter(ParameterSetName = DockerfileSet)]
    public SwitchParameter AllowUnpinned { get; set; }

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
    private protected override IBaseImageEngine Engine => base.Engine.At(Address);

    /// <summary>The container engine that is meant.</summary>
    private protected EngineAddress Address => new(DockerHost, DockerContext);

    /// <summary>Does something with each Dockerfile that is named; what is wrong with one is one error, and the rest goes on.</summary>
    /// <param name="complete">Adds to a request what the cmdlet alone has.</param>
    /// <param name="body">The work.</param>
    private protected void ForEachDockerfile(Func<DockerfileBuildRequest, DockerfileBuildRequest> complete, Func<DockerfileBuildRequest, PipelineWork, Task> body)
    {
        foreach (string item in Dockerfile)
        {
            List<DockerfileBuildRequest> requests = [];
            if (Try(item, () => requests.AddRange(Paths.Existing(item).Select(path => complete(Request(DockerfileFiles.One(path)))).DistinctBy(request => request.Path))))
            {
                foreach (DockerfileBuildRequest request in requests)
                {
                    Run(request.Path, work => body(request, work));
                }
            }
        }
    }

    /// <summary>The lock of a definition.</summary>
    /// <exception cref="LockNotFoundException">It has none.</exception>
    private protected async Task<ImageLock> LockAsync(ImageDefinition definition, PipelineWork work)
        => File.Exists(definition.LockPath) ? await Engine.Locks.ReadAsync(definition.LockPath, work.Stop) : throw new LockNotFoundException(definition.LockPath);

    private DockerfileBuildRequest Request(string path) => new()
    {
        Path = path,
        Context = Context is null ? null : Paths.Existing(Context)[0],
        SettingsPath = SettingsPath is null ? null : Paths.Existing(SettingsPath)[0],
        Target = Target,
        Network = Network,
        Builder = Builder,
        AllowUnpinned = AllowUnpinned,
        Offline = Offline,
    };
}
