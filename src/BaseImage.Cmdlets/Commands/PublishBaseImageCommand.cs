using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Publish-BaseImage: pushes images to a registry, the tags last.</summary>
[Cmdlet(VerbsData.Publish, "BaseImage", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedImage))]
public sealed class PublishBaseImageCommand : ImageCmdlet
{
    /// <summary>The repository, as <c>docker://HOST/NAME</c>; a tag may stand behind a colon.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>
    /// Tags to give it, beside that of the destination; those that an image of the pipeline brings along where none is given, and
    /// <c>latest</c> where there are none at all.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Tags")]
    [AllowEmptyCollection]
    public string[] Tag { get; set; } = [];

    /// <summary>The one platform to push; all that the image has where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>Tags that may be moved though they lead to another image, with * and ?; beside <c>latest</c> and what the settings name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] MovableTag { get; set; } = [];

    /// <summary>Moves every tag, whatever it leads to.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    private protected override RegistryAccess Access => base.Access with { MovableTags = MovableTag, Force = Force };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] tags = RegistryLogins.Tags(Tag);
        ForEachImage(async (engine, reference, work) =>
        {
            PublishRequest request = new() { Reference = reference, Destination = Destination, Tags = tags, Platform = Platform };
            if (await work.ShouldProcessAsync(Destination, $"Push {reference}{(tags.Length == 0 ? "" : $" as {string.Join(", ", tags)}")}"))
            {
                await work.WriteAsync(await engine.Publisher.PublishAsync(request, work, work.Stop));
            }
        });
    }
}
