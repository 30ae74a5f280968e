using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>The base of the cmdlets that start from images.</summary>
public abstract class ImageCmdlet : EngineCmdlet
{
    private ImageQueue? _queue;

    /// <summary>Images in skopeo's notation, paths, or images of the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>Does something with an image: now, or with a batch that its engine is asked for at once.</summary>
    private protected ImageQueue Queue => _queue ??= new ImageQueue(Work);

    /// <summary>Does one item's work, or begins it; false where nothing was begun because the pipeline is stopping.</summary>
    private protected virtual bool Work(object? target, Func<PipelineWork, Task> body) => Run(target, body);

    /// <inheritdoc/>
    protected override void EndProcessing() => _queue?.Flush();

    /// <summary>Does something with each image.</summary>
    private protected void ForEachImage(Func<IBaseImageEngine, string, PipelineWork, Task> body)
    {
        foreach (string item in Image)
        {
            string reference = "";
            if (Try(item, () => reference = Paths.Reference(item)))
            {
                Queue.Add(Engine, item, reference, (engine, work) => body(engine, reference, work));
            }
        }
    }
}
