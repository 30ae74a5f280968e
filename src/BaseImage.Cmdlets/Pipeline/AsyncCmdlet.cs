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
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, int> _bars = new(StringComparer.Ordinal);

    /// <summary>Does one item's work and returns when it has ended; its failure is a non-terminating error.</summary>
    /// <param name="target">The item, for errors that name nothing themselves.</param>
    /// <param name="body">The work.</param>
    protected void Run(object? target, Func<PipelineWork, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        PipelineWork work = new(_stop.Token);
        _ = Task.Run(() => work.RunAsync(body), CancellationToken.None);
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
        if (disposing && !_stop.IsCancellationRequested)
        {
            _stop.Cancel();
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
