using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Get-BaseImage: images of the store, a layout or an archive, with config and layers.</summary>
[Cmdlet(VerbsCommon.Get, "BaseImage")]
[OutputType(typeof(ContainerImage))]
public sealed class GetBaseImageCommand : AsyncCmdlet
{
    /// <summary>Images in skopeo's notation or paths; every image of the module's store where none is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = ["store:"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string item in Image)
        {
            string reference = "";
            if (Try(item, () => reference = Paths.Reference(item)))
            {
                Run(item, async work =>
                {
                    await foreach (ContainerImage image in Engine.Images.ReadAsync(reference == "store:" ? "" : reference, work.Stop))
                    {
                        await work.WriteAsync(image);
                    }
                });
            }
        }
    }
}
