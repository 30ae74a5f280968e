using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Optimising.Traces;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Optimising;

/// <summary>
/// Makes a new image of what an image needs to start, shows by running both that it does the same, and writes it. One pass
/// over the layers tells what the files are, one what their code names, and one carries over what stays.
/// </summary>
/// <param name="paths">Where the store is.</param>
/// <param name="facts">Gathers facts of images.</param>
/// <param name="policies">Reads policies.</param>
/// <param name="proof">Runs both images.</param>
/// <param name="recorder">Records what an image touches.</param>
/// <param name="cache">Where the new layer is kept.</param>
/// <param name="destinations">Reads a destination's name; empty for the store.</param>
/// <param name="engine">The way to a container engine; null where none is to be had.</param>
internal sealed class ImageOptimizer(
    Func<BaseImagePaths> paths, InspectionFacts facts, PolicyReader policies, StartProof proof, TraceRecorder recorder, Func<ContentCache> cache, Func<string, IImageDestination> destinations, EngineImages? engine) : IOptimizeImage
{
    /// <inheritdoc/>
    public async Task<OptimizationResult> OptimizeAsync(OptimizationRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        if (request.RecordTrace && request.TracePaths.Count != 1)
        {
            throw new ArgumentException("A trace that is recorded goes to one file.", nameof(request));
        }

        // All are read before anything is done: a misspelt one must not cost a run.
        IImageDestination[] places = [.. (request.Destinations.Count == 0 ? [""] : request.Destinations).Select(destinations)];
        PolicySet policy = await policies.ReadAsync(request.PolicyPath, cancellationToken).ConfigureAwait(false);
        ImageInspection inspection = await ImageInspection.OpenAsync(request.Reference, request.Platform, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        await using (inspection.ConfigureAwait(false))
        {
            PendingInspection item = One(inspection);
            foreach (IImageDestination place in places)
            {
                await place.CheckAsync([item.Manifest.Platform], cancellationToken).ConfigureAwait(false);
            }

            ContentCache kept = cache();
            using IDisposable use = kept.BeginUse();
            try
            {
                return await new OptimizationRun(facts, proof, recorder, request, places, kept, reporter, cancellationToken).RunAsync(item, policy).ConfigureAwait(false);
            }
            finally
            {
                reporter.Progress(new ProgressUpdate(OptimizationRun.Activity, "", 1, 1, Completed: true));
            }
        }
    }

    private static PendingInspection One(ImageInspection inspection)
    {
        PendingInspection item = inspection.Items[0];
        if (inspection.Items.Count > 1)
        {
            throw new ImageNotOptimizableException(item.Reference, "it has several platforms", $"Choose one with -Platform: {string.Join(", ", inspection.Items.Select(one => one.Manifest.Platform))}.");
        }

        return item.Manifest.Platform.Os == "linux" ? item
            : throw new ImageNotOptimizableException(item.Reference, $"it is for {item.Manifest.Platform}, and only Linux images are understood", "Name a Linux image.");
    }
}
