using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that may ask a container engine.</summary>
public abstract class EngineCmdlet : AsyncCmdlet
{
    private readonly Dictionary<EngineAddress, IBaseImageEngine> _asked = [];

    /// <summary>
    /// The container engine's address, as DOCKER_HOST has it. Without it Docker's own settings say: DOCKER_HOST,
    /// DOCKER_CONTEXT, the current context, then the usual sockets of Docker and Podman. An image of the pipeline that was
    /// found with -DockerHost brings it along.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? DockerHost { get; set; }

    /// <summary>The name of a Docker context whose engine is meant. An image of the pipeline that was found with it brings it along.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    [ValidateNotNullOrEmpty]
    public string? DockerContext { get; set; }

    /// <summary>The user name and password for the registries that are named, instead of what Docker's and Podman's settings have.</summary>
    [Parameter]
    [Credential]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <inheritdoc/>
    private protected override IBaseImageEngine Engine
    {
        get
        {
            // The pipeline may bring images of several engines; each is met once.
            if (!_asked.TryGetValue(Address, out IBaseImageEngine? engine))
            {
                _asked[Address] = engine = base.Engine.At(Address).With(Access);
            }

            return engine;
        }
    }

    /// <summary>How registries are met.</summary>
    private protected virtual RegistryAccess Access => new() { Login = RegistryLogins.Of(Credential) };

    /// <summary>The engine that the parameters name now.</summary>
    private protected EngineAddress Address => new(DockerHost, DockerContext);
}
