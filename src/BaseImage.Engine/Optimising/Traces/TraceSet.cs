using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Optimising.Traces;

/// <summary>The traces that an optimisation goes by, merged, and what of an image they name.</summary>
internal sealed class TraceSet
{
    private readonly List<(string File, ImageTrace Trace)> _traces = [];

    /// <summary>True where there is none.</summary>
    public bool IsEmpty => _traces.Count == 0;

    /// <summary>Reads traces, all before anything else is done: a wrong one must not cost a run.</summary>
    /// <param name="files">Full paths.</param>
    /// <param name="image">The image, as it is called in errors.</param>
    /// <param name="manifest">Its documents.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="TraceInvalidException">One cannot be read.</exception>
    /// <exception cref="TraceOfAnotherImageException">One is of another image or platform.</exception>
    public static async Task<TraceSet> ReadAsync(IEnumerable<string> files, string image, Images.SourceManifest manifest, CancellationToken cancellationToken)
    {
        TraceSet set = new();
        foreach (string file in files)
        {
            ImageTrace trace = await TraceFile.ReadAsync(file, cancellationToken).ConfigureAwait(false);
            if (trace.ImageId != manifest.ConfigDescriptor.Digest || trace.Platform != manifest.Platform)
            {
                throw new TraceOfAnotherImageException(file, $"{trace.ImageId} for {trace.Platform}", image, $"{manifest.ConfigDescriptor.Digest} for {manifest.Platform}");
            }

            set.Add(file, trace);
        }

        return set;
    }

    /// <summary>Takes one more.</summary>
    public void Add(string file, ImageTrace trace) => _traces.Add((file, trace));

    /// <summary>All of them as one; null where there is none.</summary>
    public ImageTrace? Merged => _traces.Count == 0 ? null : _traces.Select(item => item.Trace).Aggregate((one, other) => one.With(other));

    /// <summary>What they name of the image's files.</summary>
    /// <exception cref="TraceInvalidException">One names what the image does not have.</exception>
    public IReadOnlyDictionary<MergedFile, string> Of(InspectedImage image)
    {
        Dictionary<MergedFile, string> needed = [];
        foreach ((string file, ImageTrace trace) in _traces)
        {
            foreach (LayerPath path in trace.Paths.Keys.Where(path => image.Merged.Find(path) is null))
            {
                throw new TraceInvalidException(file, [new Documents.DataProblem(new Documents.SourcePosition(file, 1, 1), $"The image has no {path.ToAbsoluteText()}.", "Record the trace again with Optimize-BaseImage -RecordTrace; a trace is not edited by hand. Name further files with -Keep.")]);
            }
        }

        foreach ((LayerPath path, Auditing.Runtime.Touch how) in Merged?.Paths ?? new SortedDictionary<LayerPath, Auditing.Runtime.Touch>())
        {
            needed[image.Merged.Find(path)!] = ImageTrace.Why(how);
        }

        return needed;
    }
}
