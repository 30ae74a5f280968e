using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Copy-BaseImage: copies images between registries, layouts, archives and the store, byte for byte, with what refers to them.</summary>
[Cmdlet(VerbsCommon.Copy, "BaseImage", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedImage))]
public sealed class CopyBaseImageCommand : AsyncCmdlet
{
    /// <summary>Images of a registry, a layout, an OCI archive or the store, in skopeo's notation, paths, or images of the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>Where to: <c>docker://HOST/NAME[:TAG]</c>, <c>oci:FOLDER[:NAME]</c>, <c>oci-archive:FILE[:NAME]</c> or <c>store:NAME[:TAG]</c>.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>Tags to give it where the destination names none; those that an image of the pipeline brings along, or that it was asked for by, where none is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tags")]
    [AllowEmptyCollection]
    public string[] Tag { get; set; } = [];

    /// <summary>The one platform to copy; the whole index where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>Copies the image alone, without signatures, attestations and whatever else refers to it.</summary>
    [Parameter]
    public SwitchParameter NoReferrer { get; set; }

    /// <summary>Tags that may be moved though they lead to another image, with * and ?; beside <c>latest</c> and what the settings name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] MovableTag { get; set; } = [];

    /// <summary>Moves every tag, whatever it leads to.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The user name and password for the registries, instead of what Docker's and Podman's settings have.</summary>
    [Parameter]
    [Credential]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <summary>Those for the destination, where they are others.</summary>
    [Parameter]
    [Credential]
    public PSCredential DestinationCredential { get; set; } = PSCredential.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] tags = RegistryLogins.Tags(Tag);
        foreach (string item in Image)
        {
            CopyRequest? request = null;
            if (Try(item, () => request = new CopyRequest
            {
                Reference = Paths.Reference(item),
                Destination = Paths.Reference(Destination),
                Tags = tags,
                Platform = Platform,
                WithoutReferrers = NoReferrer,
                DestinationLogin = RegistryLogins.Of(DestinationCredential),
            }))
            {
                Run(item, work => CopyAsync(request!, work));
            }
        }
    }

    private async Task CopyAsync(CopyRequest request, PipelineWork work)
    {
        RegistryAccess access = new() { Login = RegistryLogins.Of(Credential), MovableTags = MovableTag, Force = Force };
        if (await work.ShouldProcessAsync(request.Destination, $"Copy {request.Reference}"))
        {
            await work.WriteAsync(await Engine.With(access).Copier.CopyAsync(request, work, work.Stop));
        }
    }
}
