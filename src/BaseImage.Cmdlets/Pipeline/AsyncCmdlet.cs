using System.Diagnostics;
using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>
/// Bridges asynchronous work and the pipeline. The work runs off the pipeline thread; what it writes is delivered on that
/// thread; Ctrl+C, a reader downstream that has enough (<c>Select-Object -First</c>) and the pipeline's end cancel it; and
/// no method of the cmdlet returns before the work has ended.
/// </summary>
public abstract class AsyncCmdlet : BaseImageCmdlet, IDisposable
{
    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(250);

    // Rows of what is done wait for those before them; more than this many items are not begun.
    private const int MaximumStarted = 96;
    private readonly Queue<(object? Target, PipelineWork Work)> _started = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, int> _bars = new(StringComparer.Ordinal);

    /// <summary>Does one item's work and returns when it has ended; its failure is a non-terminating error.</summary>
    /// <param name="target">The item, for errors that name nothing themselves.</param>
    /// <param name="body">The work.</param>
    /// <returns>False where nothing was begun, because the pipeline is stopping.</returns>
    protected bool Run(object? target, Func<PipelineWork, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_stop.IsCancellationRequested)
        {
            return false;
        }

        PipelineWork work = new(_stop.Token);
        _ = Task.Run(() => work.RunAsync(body), CancellationToken.None);
        Deliver(target, work);
        return true;
    }

    /// <summary>
    /// Begins one item's work beside that of the items before it. What it writes arrives after what they write;
    /// <see cref="Finish"/> waits for the rest.
    /// </summary>
    /// <param name="target">The item, for errors that name nothing themselves.</param>
    /// <param name="lanes">How many items are worked on at once.</param>
    /// <param name="body">The work.</param>
    /// <returns>False where nothing was begun, because the pipeline is stopping.</returns>
    private protected bool Start(object? target, WorkLanes lanes, Func<PipelineWork, Task> body)
    {
        while (_started.Count >= MaximumStarted)
        {
            DeliverOldest();
        }

        if (_stop.IsCancellationRequested)
        {
            return false;
        }

        PipelineWork work = new(_stop.Token);
        _started.Enqueue((target, work));
        lanes.Add(() => work.RunAsync(body));

        // Nobody waits for rows that are there because the next image is long in coming.
        while (_started.TryPeek(out (object? Target, PipelineWork Work) oldest) && oldest.Work.HasEnded)
        {
            DeliverOldest();
        }

        return true;
    }

    /// <summary>Writes what every item that was begun has to write, in their order, and waits for it.</summary>
    private protected void Finish()
    {
        while (_started.Count > 0)
        {
            DeliverOldest();
        }
    }

    private void DeliverOldest()
    {
        (object? target, PipelineWork work) = _started.Dequeue();
        Deliver(target, work);
    }

    // Nothing that was begun may outlive the cmdlet.
    private void DiscardStarted()
    {
        while (_started.TryDequeue(out (object? Target, PipelineWork Work) started))
        {
            started.Work.Discard();
        }
    }

    private void Deliver(object? target, PipelineWork work)
    {
        Stopwatch clock = Stopwatch.StartNew();
        TimeSpan painted = TimeSpan.Zero;
        bool ended = false;
        try
        {
            work.Deliver(this, () =>
            {
                if (clock.Elapsed > ProgressAfter && clock.Elapsed - painted > ProgressEvery)
                {
                    painted = clock.Elapsed;
                    ShowProgress(work, target);
                }
            });
            ended = true;
        }
        finally
        {
            if (!ended)
            {
                // A delivery threw: downstream has enough, or an error is to stop the pipeline. Nothing may outlive it.
                _stop.Cancel();
                work.Discard();
                DiscardStarted();
            }
        }

        HideProgress();
        if (work.Failure is not null && !(work.Failure is OperationCanceledException && _stop.IsCancellationRequested))
        {
            WriteFailure(work.Failure, target);
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels what may still run.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Cancel();
            DiscardStarted();
        }
    }

    private void ShowProgress(PipelineWork work, object? target)
    {
        bool any = false;
        foreach (ProgressUpdate update in work.PendingProgress)
        {
            any = true;
            Show(update);
        }

        if (!any)
        {
            Show(new ProgressUpdate(MyInvocation.MyCommand.Name, target?.ToString() ?? "", 0, 0));
        }
    }

    private void Show(ProgressUpdate update)
    {
        if (!_bars.TryGetValue(update.Activity, out int id))
        {
            _bars[update.Activity] = id = _bars.Count + 1;
        }

        string status = update.Total > 0 ? $"{update.Done} of {update.Total}: {update.Status}" : update.Status;
        WriteProgress(new ProgressRecord(id, update.Activity, status.Length == 0 ? " " : status)
        {
            PercentComplete = update.Total > 0 ? (int)Math.Clamp(update.Done * 100 / update.Total, 0, 100) : -1,
            RecordType = update.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        });
    }

    private void HideProgress()
    {
        foreach ((string activity, int id) in _bars)
        {
            WriteProgress(new ProgressRecord(id, activity, " ") { RecordType = ProgressRecordType.Completed });
        }

        _bars.Clear();
    }
}
