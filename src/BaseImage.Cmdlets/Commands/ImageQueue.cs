using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>
/// Work on images in their order. Images of a container engine wait until a batch of them is there or another image comes,
/// so that the engine is asked for many at once; others are worked on when they come.
/// </summary>
/// <param name="run">Does one item's work, or begins it; false where it does not.</param>
internal sealed class ImageQueue(Func<object?, Func<PipelineWork, Task>, bool> run)
{
    // Enough that a host's images come in a few exports, few enough that rows appear as they are made.
    private const int BatchSize = 64;

    private readonly List<(object Item, string Reference, Func<PipelineWork, Task> Body)> _waiting = [];
    private IBaseImageEngine? _engine;

    /// <summary>Does the work now, or with the batch.</summary>
    /// <param name="engine">What is asked, which parameters bound from the pipeline may change from item to item.</param>
    /// <param name="item">The item, for errors that name nothing themselves.</param>
    /// <param name="reference">The image, in skopeo's notation.</param>
    /// <param name="work">The work.</param>
    internal void Add(IBaseImageEngine engine, object item, string reference, Func<IBaseImageEngine, PipelineWork, Task> work)
    {
        Task Body(PipelineWork pipeline) => work(engine, pipeline);
        if (!ReferenceEquals(engine, _engine))
        {
            Flush();
            _engine = engine;
        }

        if (!ImageReference.TryParse(reference, out ImageReference? parsed) || parsed.Transport is not ImageTransport.DockerDaemon)
        {
            Flush();
            run(item, Body);
            return;
        }

        _waiting.Add((item, reference, Body));
        if (_waiting.Count == BatchSize)
        {
            Flush();
        }
    }

    /// <summary>Does what waits.</summary>
    internal void Flush()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        (object Item, string Reference, Func<PipelineWork, Task> Body)[] batch = [.. _waiting];
        _waiting.Clear();
        IDisposable open = _engine!.Batches.Gather([.. batch.Select(entry => entry.Reference)]);
        int left = batch.Length;

        // Work may go on beside the pipeline: the last to end closes the batch.
        void Leave()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                open.Dispose();
            }
        }

        async Task RunAsync(Func<PipelineWork, Task> body, PipelineWork work)
        {
            try
            {
                await body(work);
            }
            finally
            {
                Leave();
            }
        }

        int begun = 0;
        try
        {
            foreach ((object item, _, Func<PipelineWork, Task> body) in batch)
            {
                begun++;
                if (!run(item, work => RunAsync(body, work)))
                {
                    Leave();
                }
            }
        }
        finally
        {
            for (; begun < batch.Length; begun++)
            {
                Leave();
            }
        }
    }
}
