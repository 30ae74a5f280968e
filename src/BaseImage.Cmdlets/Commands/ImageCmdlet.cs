using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that start from images.</summary>
public abstract class ImageCmdlet : AsyncCmdlet
{
    /// <summary>Images in skopeo's notation, paths, or images of the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>Does something with each image.</summary>
    private protected void ForEachImage(Func<string, PipelineWork, Task> body)
    {
        foreach (string item in Image)
        {
            string reference = "";
            if (Try(item, () => reference = Paths.Reference(item)))
            {
                Run(item, work => body(reference, work));
            }
        }
    }
}
