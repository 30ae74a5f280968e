using System.Runtime.ExceptionServices;

namespace BaseImage.Engine.Storage;

/// <summary>Parallel work with a bound on workers, whose outcome does not depend on how many there are.</summary>
internal static class BoundedParallel
{
    /// <summary>How many workers a request means: itself, or one a processor for 0 and less.</summary>
    public static int Workers(int requested) => requested > 0 ? requested : Environment.ProcessorCount;

    /// <summary>
    /// Does the work for every item and returns the results in the items' order. After a failure nothing new is begun,
    /// what runs is cancelled, and of several failures the one of the first item is thrown.
    /// </summary>
    public static async Task<IReadOnlyList<TResult>> SelectAsync<T, TResult>(
        IReadOnlyList<T> items, int workers, Func<T, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        TResult[] results = new TResult[items.Count];
        Exception?[] failures = new Exception?[items.Count];
        int next = -1;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        async Task Run()
        {
            int index;
            while (!stop.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < items.Count)
            {
                try
                {
                    results[index] = await work(items[index], stop.Token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    failures[index] = e;
                    await stop.CancelAsync().ConfigureAwait(false);
                }
            }
        }

        int count = Math.Min(Workers(workers), items.Count);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(Run, CancellationToken.None))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        // What was cancelled because of another item's failure is not the failure.
        Exception? failure = failures.FirstOrDefault(e => e is not null and not OperationCanceledException) ?? failures.FirstOrDefault(e => e is not null);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return results;
    }

    /// <summary>Does the work for every item; fails as <see cref="SelectAsync"/> does.</summary>
    public static Task ForEachAsync<T>(IReadOnlyList<T> items, int workers, Func<T, CancellationToken, Task> work, CancellationToken cancellationToken)
        => SelectAsync(items, workers, async (item, token) =>
        {
            await work(item, token).ConfigureAwait(false);
            return true;
        }, cancellationToken);
}
