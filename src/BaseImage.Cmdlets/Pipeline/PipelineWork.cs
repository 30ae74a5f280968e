using System.Collections.Concurrent;
using System.Management.Automation;
using BaseImage.Ports;

namespace BaseImage.Cmdlets;

/// <summary>
/// What work off the pipeline thread sees of the pipeline: it may write from any thread, and everything arrives on the
/// pipeline thread in the order of writing.
/// </summary>
public sealed class PipelineWork : IReporter
{
    // Enough that a slow reader downstream, or items before this one, do not stall the worker; few enough to bound memory.
    private const int Capacity = 512;

    private readonly Conveyor<Action<Cmdlet>?> _conveyor = new(Capacity);
    private readonly ConcurrentDictionary<string, ProgressUpdate> _progress = new(StringComparer.Ordinal);

    private volatile bool _ended;

    internal PipelineWork(CancellationToken stop) => Stop = stop;

    /// <summary>Cancelled on Ctrl+C, when the pipeline downstream has enough, and when the pipeline ends.</summary>
    public CancellationToken Stop { get; }

    internal Exception? Failure { get; private set; }

    /// <summary>True when all that it wrote can be delivered without waiting.</summary>
    internal bool HasEnded => _ended;

    internal IEnumerable<ProgressUpdate> PendingProgress => _progress.Values;

    /// <summary>Writes an object to the pipeline.</summary>
    public Task WriteAsync(object value) => _conveyor.PutAsync(cmdlet => cmdlet.WriteObject(value, enumerateCollection: false), Stop);

    /// <summary>Reports a failure of one item; the work goes on.</summary>
    public Task WriteErrorAsync(Exception exception, object? target)
        => _conveyor.PutAsync(cmdlet => cmdlet.WriteError(ErrorMap.ToRecord(exception, target)), Stop);

    /// <summary>Asks on the pipeline thread whether to go on (-WhatIf, -Confirm).</summary>
    public Task<bool> ShouldProcessAsync(string target, string action) => AskAsync(cmdlet => cmdlet.ShouldProcess(target, action));

    /// <summary>Runs something on the pipeline thread, where script blocks and questions belong, and gives its answer.</summary>
    public async Task<T> AskAsync<T>(Func<Cmdlet, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = Stop.Register(() => answer.TrySetCanceled(Stop));
        await _conveyor.PutAsync(
            cmdlet =>
            {
                try
                {
                    answer.TrySetResult(question(cmdlet));
                }
                catch (Exception exception)
                {
                    answer.TrySetException(exception);
                    throw;
                }
            },
            Stop).ConfigureAwait(false);
        return await answer.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Verbose(string message) => Tell(cmdlet => cmdlet.WriteVerbose(message));

    /// <inheritdoc/>
    public void Warning(string message) => Tell(cmdlet => cmdlet.WriteWarning(message));

    /// <inheritdoc/>
    public void Progress(ProgressUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);

        // Only the latest state of a bar is worth showing, so progress is looked up and never queued.
        _progress[update.Activity] = update;
    }

    internal async Task RunAsync(Func<PipelineWork, Task> body)
    {
        try
        {
            await body(this).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Failure = exception;
        }
        finally
        {
            _conveyor.PutLast(null);
            _ended = true;
        }
    }

    /// <summary>Delivers on the calling thread until the work has ended.</summary>
    /// <param name="cmdlet">The cmdlet to deliver to.</param>
    /// <param name="idle">Called between deliveries, and at least a few times a second.</param>
    internal void Deliver(Cmdlet cmdlet, Action idle)
    {
        while (Take(idle) is { } delivery)
        {
            delivery(cmdlet);
            idle();
        }
    }

    /// <summary>Waits for cancelled work to end, dropping what it still writes.</summary>
    internal void Discard()
    {
        while (Take(() => { }) is not null)
        {
        }
    }

    private Action<Cmdlet>? Take(Action idle)
    {
        Action<Cmdlet>? delivery;
        while (!_conveyor.TryTake(TimeSpan.FromMilliseconds(200), out delivery))
        {
            idle();
        }

        return delivery;
    }

    private void Tell(Action<Cmdlet> delivery)
    {
        try
        {
            _conveyor.Put(delivery, Stop);
        }
        catch (OperationCanceledException)
        {
            // Nobody is left to be told; the worker meets the cancellation at its next step.
        }
    }
}
