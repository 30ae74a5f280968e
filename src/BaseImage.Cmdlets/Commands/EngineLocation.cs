using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Images that know their engine, so that cmdlets which they are piped into ask the same one.</summary>
internal static class EngineLocation
{
    private const string DockerDaemon = "docker-daemon:";

    /// <summary>
    /// The image as it goes down the pipeline: where somebody named an engine and the image lives there, with a note of
    /// the parameter that named it, which binds by property name.
    /// </summary>
    internal static object Of(ContainerImage image, EngineAddress address)
    {
        if (address == EngineAddress.Default || !image.Reference.StartsWith(DockerDaemon, StringComparison.Ordinal))
        {
            return image;
        }

        PSObject located = new(image);
        located.Properties.Add(address.Host is { } host
            ? new PSNoteProperty(nameof(EngineCmdlet.DockerHost), host)
            : new PSNoteProperty(nameof(EngineCmdlet.DockerContext), address.Context));
        return located;
    }
}
