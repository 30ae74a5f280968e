using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>Removes what runs made in an engine.</summary>
internal static class RunSweeper
{
    private const int MaxRounds = 1000;

    /// <summary>Removes what ended processes left behind; what another live run owns stays.</summary>
    public static Task SweepAsync(IContainerEngine engine, TimeProvider time, CancellationToken cancellationToken)
        => RemoveAllAsync(engine, item => RunLabels.IsAbandoned(item.Labels, time), cancellationToken);

    /// <summary>Removes all that one run made.</summary>
    public static Task RemoveRunAsync(IContainerEngine engine, string run, CancellationToken cancellationToken)
        => RemoveAllAsync(engine, item => item.Labels.TryGetValue(RunLabels.Run, out string? id) && id == run, cancellationToken);

    // An image goes without what it was built on, which may be somebody's; what was built on the way is listed once nothing
    // stands on it any more.
    private static async Task RemoveAllAsync(IContainerEngine engine, Func<LabelledItem, bool> isOurs, CancellationToken cancellationToken)
    {
        HashSet<string> tried = new(StringComparer.Ordinal);
        for (int round = 0; round < MaxRounds; round++)
        {
            LabelledItem[] items = [.. (await engine.Containers.FindAsync(RunLabels.Run, cancellationToken).ConfigureAwait(false)).Where(isOurs).Where(item => tried.Add($"{item.Kind} {item.Id}"))];
            if (items.Length == 0)
            {
                return;
            }

            await RemoveAsync(engine, items, cancellationToken).ConfigureAwait(false);
            if (items.All(item => item.Kind is not LabelledKind.Image))
            {
                return;
            }
        }
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
