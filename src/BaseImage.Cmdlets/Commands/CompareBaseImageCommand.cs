using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Compare-BaseImage: whether two images are identical, equivalent or different, and why, down to bytes.</summary>
[Cmdlet(VerbsData.Compare, "BaseImage")]
[OutputType(typeof(ImageComparison))]
public sealed class CompareBaseImageCommand : EngineCmdlet
{
    /// <summary>The image to hold against, in skopeo's notation, as a path or as an image.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string ReferenceImage { get; set; } = "";

    /// <summary>The images that are held against it, in skopeo's notation, as paths or as images of the pipeline.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "Reference", "FullName")]
    [ImageTransformation]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] DifferenceImage { get; set; } = [];

    /// <summary>The kinds of difference to list; all where none is given. The verdict counts every kind.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DifferenceKindCompleter))]
    public ImageDifferenceKind[] Kind { get; set; } = [];

    /// <summary>How many differences of a platform are listed at most, the worst kinds first; DifferencesOmitted counts the others, and the verdict all of them.</summary>
    [Parameter]
    [ValidateRange(1, 10_000_000)]
    public int MaximumDifference { get; set; } = 10_000;

    /// <summary>The platform; every one of the images' where none is given.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>The Dockerfile that the difference image was built from, or the folder that holds it: differences then name its lines.</summary>
    [Parameter]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string? Dockerfile { get; set; }

    /// <summary>The address of the container engine that has the reference image, where it is not that of -DockerHost or -DockerContext.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReferenceDockerHost { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string reference = "", dockerfile = "";
        if (!Try(ReferenceImage, () => reference = Paths.Reference(ReferenceImage)) || (Dockerfile is not null && !Try(Dockerfile, () => dockerfile = DockerfileFiles.One(Paths.Existing(Dockerfile)[0]))))
        {
            return;
        }

        foreach (string item in DifferenceImage)
        {
            string difference = "";
            if (Try(item, () => difference = Paths.Reference(item)))
            {
                Compare(new ComparisonRequest
                {
                    ReferenceImage = reference,
                    DifferenceImage = difference,
                    ReferenceEngine = ReferenceDockerHost is null ? null : new EngineAddress(ReferenceDockerHost),
                    Platform = Platform,
                    Kinds = Kind,
                    Limit = MaximumDifference,
                    DockerfilePath = Dockerfile is null ? null : dockerfile,
                });
            }
        }
    }

    private void Compare(ComparisonRequest request) => Run(request.DifferenceImage, async work =>
    {
        await foreach (ImageComparison comparison in Engine.Comparer.CompareAsync(request, work, work.Stop))
        {
            await work.WriteAsync(comparison);
        }
    });
}
