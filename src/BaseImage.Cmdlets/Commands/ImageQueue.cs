using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>
/// Work on images in their order. Images of a container engine wait until a batch of them is there or another image comes,
/// so that the engine is asked for many at once; others are worked on when they come.
/// </summary>
/// <param name="batches">Announces a batch.</param>
/// <param name="run">Does one item's work.</param>
internal sealed class ImageQueue(Func<IGatherImages> batches, Action<object?, Func<PipelineWork, Task>> run)
{
    // Enough that a host's images come in a few exports, few enough that rows appear as they are made.
    private const int BatchSize = 32;

    private readonly List<(object Item, string Reference, Func<PipelineWork, Task> Body)> _waiting = [];

    /// <summary>Does the work now, or with the batch.</summary>
    internal void Add(object item, string reference, Func<PipelineWork, Task> body)
    {
        if (!ImageReference.TryParse(reference, out ImageReference? parsed) || parsed.Transport is not ImageTransport.DockerDaemon)
        {
            Flush();
            run(item, body);
            return;
        }

        _waiting.Add((item, reference, body));
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
        using IDisposable open = batches().Gather([.. batch.Select(entry => entry.Reference)]);
        foreach ((object item, _, Func<PipelineWork, Task> body) in batch)
        {
            run(item, body);
        }
    }
}
