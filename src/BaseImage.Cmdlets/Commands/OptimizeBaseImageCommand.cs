using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Optimize-BaseImage: makes a new image of what an image needs to start, and shows that it starts.</summary>
[Cmdlet(VerbsCommon.Optimize, "BaseImage", SupportsShouldProcess = true)]
[OutputType(typeof(OptimizationResult))]
public sealed class OptimizeBaseImageCommand : ImageCmdlet
{
    /// <summary>Where the new image goes, in skopeo's notation; several at once. The module's own store where none is given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = [];

    /// <summary>Loads the new image into the container engine too, as <c>-Destination docker-daemon:</c> does.</summary>
    [Parameter]
    public SwitchParameter Load { get; set; }

    /// <summary>Tags for destinations that name none; <c>optimized</c> where none is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>The policy file, whose table Optimize says what stays and what goes. An image that comes from Build-BaseImage brings its definition's along.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [PathTransformation]
    [AllowNull]
    [AllowEmptyString]
    public string? Policy { get; set; }

    /// <summary>Patterns over paths in the image that stay, with all that they need: <c>*</c> within a name, <c>**</c> for any number of folders.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Keep { get; set; } = [];

    /// <summary>The platform, of an image that has several.</summary>
    [Parameter]
    [PlatformTransformation]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    public Platform? Platform { get; set; }

    /// <summary>How the layer is compressed.</summary>
    [Parameter]
    public LayerCompression Compression { get; set; } = LayerCompression.Gzip;

    /// <summary>The newest time that may appear in the image, instead of its own time of creation.</summary>
    [Parameter]
    [EpochTransformation]
    public DateTimeOffset? SourceDateEpoch { get; set; }

    /// <summary>Writes the image without having run it; the result then says NotVerified.</summary>
    [Parameter]
    public SwitchParameter SkipVerification { get; set; }

    /// <summary>Bytes of memory that the images have to work within, as 256MB; 512 MiB where neither this nor the policy's Runtime says.</summary>
    [Parameter]
    [ValidateRange(RuntimeSettings.LeastMemory, RuntimeSettings.MostMemory)]
    public long? MemoryLimit { get; set; }

    /// <summary>Seconds that a program is watched, after which one that still runs is taken to run on; 3 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostRunSeconds)]
    public int? RunSeconds { get; set; }

    /// <summary>Seconds that the engine may take for each run beside that; 60 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(RuntimeSettings.LeastTimeoutSeconds, RuntimeSettings.MostSeconds)]
    public int? TimeoutSeconds { get; set; }

    /// <summary>How many workers compress; one a processor where it is 0. It never changes the result.</summary>
    [Parameter]
    [ValidateRange(0, 1024)]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? policy = null;
        if (string.IsNullOrEmpty(Policy) || Try(Policy, () => policy = Paths.Existing(Policy)[0]))
        {
            ForEachImage((engine, reference, work) => OptimizeAsync(engine, reference, policy, work));
        }
    }

    private async Task OptimizeAsync(IBaseImageEngine engine, string reference, string? policy, PipelineWork work)
    {
        OptimizationRequest request = new()
        {
            Reference = reference,
            Platform = Platform,
            PolicyPath = policy,
            Keep = Keep,
            Destinations = [.. Destination.Concat(Load ? ["docker-daemon:"] : []).Select(Paths.Reference).Distinct(StringComparer.Ordinal)],
            Tags = Tag,
            Compression = Compression,
            SourceDateEpoch = SourceDateEpoch,
            Workers = ThrottleLimit,
            SkipVerification = SkipVerification,
            Runtime = new RuntimeRequest { ConfirmAsync = work.ShouldProcessAsync },
            RuntimeSettings = new RuntimeSettings { MemoryLimit = MemoryLimit, RunSeconds = RunSeconds, TimeoutSeconds = TimeoutSeconds },
        };
        await work.WriteAsync(await engine.Optimizer.OptimizeAsync(request, work, work.Stop));
    }
}
