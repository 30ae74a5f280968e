using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Layers;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Optimising.Traces;

/// <summary>Runs an image and takes down which of its files its processes touch.</summary>
/// <param name="runtime">Runs images.</param>
internal sealed class TraceRecorder(IObserveRuntime runtime)
{
    private const string Deleted = " (deleted)"; // behind a path that leads nowhere any more; proc_pid_exe(5)
    private static readonly PathSet s_made = new(RunProfile.WritableFolders);
    private static readonly PathSet s_mounted = new("/dev", "/proc", "/sys");

    /// <summary>Records a run.</summary>
    /// <param name="target">The image.</param>
    /// <param name="files">Its files: what a run touches beside them, it made or the engine gave it.</param>
    /// <param name="request">How it is run; already confirmed.</param>
    /// <param name="reporter">Told how far it has come.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The trace, and what to look at.</returns>
    /// <exception cref="TraceNotRecordedException">It could not be run or observed.</exception>
    public async Task<(ImageTrace Trace, IReadOnlyList<string> Warnings)> RecordAsync(RuntimeTarget target, MergedFileSystem files, RuntimeRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        string image = target.Reference.ToString();
        RuntimeFacts facts = await runtime.ObserveAsync(target, request, RunNeeds.Trace, reporter, cancellationToken).ConfigureAwait(false);
        string? problem = facts.Skipped ?? facts.Failure ?? facts.AsGiven switch
        {
            null => "it was not run",
            { Outcome: RunOutcome.NotStarted } run => $"it does not start: {run.Reason}",
            { Outcome: RunOutcome.NotObserved } run => run.Reason.Length > 0 ? run.Reason : "it could not be observed",
            _ => facts.Service switch
            {
                { NotStarted.Length: > 0 } service => $"as a service it does not start: {service.NotStarted}",
                { Problem.Length: > 0 } service => service.Problem,
                _ => facts.Touches.IsFull ? "it touches more files than a trace holds" : null,
            },
        };
        if (problem is not null)
        {
            throw new TraceNotRecordedException(image, problem);
        }

        SortedDictionary<LayerPath, Touch> paths = [];
        int unnamed = 0;
        foreach (((LayerPath program, LayerPath path), Touch how) in facts.Touches.Paths)
        {
            // Neither the engine's runtime nor the probe is the image's, nor what the kernel shows or the engine mounts.
            if ((Find(files, program) is null && !s_made.Has(program)) || s_mounted.Has(path) || Find(files, path) is not { } found)
            {
                continue;
            }

            if (TraceFile.CanWrite(found.Path))
            {
                paths[found.Path] = paths.GetValueOrDefault(found.Path) | how;
            }
            else
            {
                unnamed++;
            }
        }

        reporter.Verbose($"{image}: its run touched {paths.Count} of its files.");
        return (new ImageTrace { ImageId = target.Manifest.ConfigDescriptor.Digest, Platform = target.Manifest.Platform, Paths = paths }, [.. Warnings(facts, unnamed)]);
    }

    private static MergedFile? Find(MergedFileSystem files, LayerPath path)
        => path.IsRoot ? null : files.Find(path) ?? (path.Span.EndsWith(" (deleted)"u8) && LayerPath.TryCreate(path.Bytes[..^Deleted.Length], out LayerPath before) ? files.Find(before) : null);

    private static IEnumerable<string> Warnings(RuntimeFacts facts, int unnamed)
    {
        if (facts.AsGiven is { IsGood: false } given)
        {
            yield return $"The recorded run came to no good: {given.Describe()}. What it would have touched later is not in the trace.";
        }

        if (facts.Service is { EndedEarly.Length: > 0 } service)
        {
            yield return $"The recorded run ended {service.EndedEarly}; what it would have touched later is not in the trace.";
        }

        if (facts.Touches.Unseen > 0)
        {
            yield return $"{facts.Touches.Unseen} processes of the recorded run could not be looked into; what they alone touched is not in the trace.";
        }

        if (unnamed > 0)
        {
            yield return $"{unnamed} files that the recorded run touched have names that are no text, and are not in the trace.";
        }
    }
}
