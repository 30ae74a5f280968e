using System.Management.Automation;

namespace BaseImage.Cmdlets;

/// <summary>Reads what an engine lists for a completion, with a limit on time: a key press must not hang.</summary>
internal static class CompletionRead
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The session's paths. A completion runs inside a pipeline, during which the runspace's own door to its state is closed.</summary>
    internal static SessionPaths? SessionPaths()
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddScript("$ExecutionContext.SessionState.Path").Invoke<PathIntrinsics>().FirstOrDefault() is { } paths ? new SessionPaths(paths) : null;
    }

    /// <summary>Everything listed in time, or nothing.</summary>
    internal static IReadOnlyList<T> All<T>(Func<CancellationToken, IAsyncEnumerable<T>> list)
    {
        using CancellationTokenSource stop = new(Patience);
        Conveyor<(bool Last, T? Item)> conveyor = new(256);
        List<T> items = [];
        CancellationToken token = stop.Token;
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await foreach (T item in list(token).WithCancellation(token))
                    {
                        await conveyor.PutAsync((false, item), token);
                    }
                }
                catch (Exception)
                {
                    // What was listed before the failure is still worth offering.
                }
                finally
                {
                    conveyor.PutLast((true, default));
                }
            },
            CancellationToken.None);
        while (true)
        {
            if (conveyor.TryTake(Patience, out (bool Last, T? Item) next))
            {
                if (next.Last)
                {
                    return items;
                }

                items.Add(next.Item!);
            }
        }
    }
}
