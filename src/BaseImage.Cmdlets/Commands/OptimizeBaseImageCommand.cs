using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>Optimize-BaseImage: makes a new image of what an image needs to start, and shows that it starts.</summary>
[Cmdlet(VerbsCommon.Optimize, "BaseImage", SupportsShouldProcess = true, DefaultParameterSetName = OptimizeSet)]
[OutputType(typeof(OptimizationResult))]
public sealed class OptimizeBaseImageCommand : ImageCmdlet
{
    private const string OptimizeSet = "Optimize";
    private const string RecordSet = "Record";

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

    /// <summary>
    /// Traces of recorded runs of this very image, wildcards too: what they touched stays, with all that it needs. With
    /// -RecordTrace the one file that the trace goes to; what an earlier run of the image left there stays in it.
    /// </summary>
    [Parameter(ParameterSetName = OptimizeSet)]
    [Parameter(ParameterSetName = RecordSet, Mandatory = true)]
    [PathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] TracePath { get; set; } = [];

    /// <summary>
    /// Runs the image first and records which of its files its processes execute, map, open and work in, into -TracePath. Ports,
    /// the health check and a load (-Port, -LoadPath) exercise it, and -RunSeconds is how long it is watched. Asks -WhatIf and -Confirm.
    /// </summary>
    [Parameter(ParameterSetName = RecordSet, Mandatory = true)]
    public SwitchParameter RecordTrace { get; set; }

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

    /// <summary>Seconds that a program may take to be ready (healthy, or its ports listen); 15 where neither this nor the policy says.</summary>
    [Parameter]
    [ValidateRange(1, RuntimeSettings.MostSeconds)]
    public int? ReadySeconds { get; set; }

    /// <summary>Ports that the program is to listen on beside those that its configuration exposes, as 8080 or 53/udp; where some are given, all of them are waited for.</summary>
    [Parameter]
    [ValidatePattern("^[0-9]{1,5}(/(tcp|udp|sctp))?$")]
    public string[]? Port { get; set; }

    /// <summary>The path that the load asks for by HTTP; / where neither this nor the policy says.</summary>
    [Parameter]
    [ValidatePattern(RuntimeSettings.LoadPathPattern)]
    public string? LoadPath { get; set; }

    /// <summary>How many workers compress; one a processor where it is 0. It never changes the result.</summary>
    [Parameter]
    [ValidateRange(0, 1024)]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (RecordTrace && TracePath.Length > 1)
        {
            ThrowTerminatingError(new ErrorRecord(new PSArgumentException("A trace is recorded into one file: give -TracePath one path, or leave -RecordTrace out.", nameof(TracePath)), "TracePathAmbiguous", ErrorCategory.InvalidArgument, TracePath));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? policy = null;
        List<string> traces = [];
        if (!string.IsNullOrEmpty(Policy) && !Try(Policy, () => policy = Paths.Existing(Policy)[0]))
        {
            return;
        }

        foreach (string path in TracePath)
        {
            if (!Try(path, () => traces.AddRange(RecordTrace ? [Paths.Full(path)] : Paths.Existing(path))))
            {
                return;
            }
        }

        ForEachImage((engine, reference, work) => OptimizeAsync(engine, reference, policy, traces, work));
    }

    private async Task OptimizeAsync(IBaseImageEngine engine, string reference, string? policy, IReadOnlyList<string> traces, PipelineWork work)
    {
        OptimizationRequest request = new()
        {
            Reference = reference,
            Platform = Platform,
            PolicyPath = policy,
            Keep = Keep,
            TracePaths = traces,
            RecordTrace = RecordTrace,
            Destinations = [.. Destination.Concat(Load ? ["docker-daemon:"] : []).Select(Paths.Reference).Distinct(StringComparer.Ordinal)],
            Tags = Tag,
            Compression = Compression,
            SourceDateEpoch = SourceDateEpoch,
            Workers = ThrottleLimit,
            SkipVerification = SkipVerification,
            Runtime = new RuntimeRequest { ConfirmAsync = work.ShouldProcessAsync },
            RuntimeSettings = new RuntimeSettings { MemoryLimit = MemoryLimit, RunSeconds = RunSeconds, TimeoutSeconds = TimeoutSeconds, ReadySeconds = ReadySeconds, Port = Port, LoadPath = LoadPath },
        };
        await work.WriteAsync(await engine.Optimizer.OptimizeAsync(request, work, work.Stop));
    }
}
