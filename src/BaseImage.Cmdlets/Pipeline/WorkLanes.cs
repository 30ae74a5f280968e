namespace BaseImage.Cmdlets;

/// <summary>
/// Does work in the order in which it comes, so much of it at once. The oldest that has not ended always has a lane, so
/// what waits for its turn in the pipeline can never keep it from ending.
/// </summary>
internal sealed class WorkLanes(int lanes)
{
    private readonly Queue<Func<Task>> _waiting = new();
    private int _running;

    /// <summary>Does the work now, or when a lane is free. The work must not throw.</summary>
    internal void Add(Func<Task> work)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(work);
        }

        Begin();
    }

    private void Begin()
    {
        while (true)
        {
            Func<Task>? next;
            lock (_waiting)
            {
                if (_running == lanes || !_waiting.TryDequeue(out next))
                {
                    return;
                }

                _running++;
            }

            _ = Task.Run(() => RunAsync(next), CancellationToken.None);
        }
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            lock (_waiting)
            {
                _running--;
            }

            Begin();
        }
    }
}
