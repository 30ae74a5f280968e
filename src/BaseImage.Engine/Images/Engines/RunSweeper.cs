using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>Removes what runs made in an engine.</summary>
internal static class RunSweeper
{
    /// <summary>Removes what ended processes left behind; what another live run owns stays.</summary>
    public static async Task SweepAsync(IContainerEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelledItem> items = await engine.Containers.FindAsync(RunLabels.Run, cancellationToken).ConfigureAwait(false);
        await RemoveAsync(engine, [.. items.Where(item => RunLabels.IsAbandoned(item.Labels, time))], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all that one run made.</summary>
    public static async Task RemoveRunAsync(IContainerEngine engine, string run, CancellationToken cancellationToken)
    {
        IReadOnlyList<LabelledItem> items = await engine.Containers.FindAsync(RunLabels.Run, cancellationToken).ConfigureAwait(false);
        await RemoveAsync(engine, [.. items.Where(item => item.Labels.TryGetValue(RunLabels.Run, out string? id) && id == run)], cancellationToken).ConfigureAwait(false);
    }

    // Containers first: what they use cannot go before them. One that does not go does not keep the rest.
    private static async Task RemoveAsync(IContainerEngine engine, IReadOnlyList<LabelledItem> items, CancellationToken cancellationToken)
    {
        foreach (LabelledItem item in items.OrderBy(item => item.Kind))
        {
            try
            {
                await (item.Kind switch
                {
                    LabelledKind.Container => engine.Containers.RemoveAsync(item.Id, cancellationToken),
                    LabelledKind.Volume => engine.Containers.RemoveVolumeAsync(item.Id, cancellationToken),
                    _ => engine.Containers.RemoveImageAsync(item.Id, cancellationToken),
                }).ConfigureAwait(false);
            }
            catch (EngineRequestFailedException)
            {
                // Another process may be removing the same; what stays is found again by the next run.
            }
        }
    }
}
