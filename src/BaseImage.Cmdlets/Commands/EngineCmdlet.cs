using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that may ask a container engine.</summary>
public abstract class EngineCmdlet : AsyncCmdlet
{
    private IBaseImageEngine? _engine;

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
    private protected override IBaseImageEngine Engine => _engine ??= base.Engine.At(new EngineAddress(DockerHost, DockerContext));
}
