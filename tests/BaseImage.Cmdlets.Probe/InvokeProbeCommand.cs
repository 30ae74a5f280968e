using System.Management.Automation;
using BaseImage.Errors;

namespace BaseImage.Cmdlets.Probe;

/// <summary>Work of every kind that AsyncCmdlet must survive.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Probe", SupportsShouldProcess = true)]
[OutputType(typeof(object))]
public sealed class InvokeProbeCommand : AsyncCmdlet
{
    private static int _running;
    private static long _written;

    /// <summary>How many works run now, in the whole process.</summary>
    public static int Running => Volatile.Read(ref _running);

    /// <summary>How many objects works have put on their channel, in the whole process.</summary>
    public static long Written => Interlocked.Read(ref _written);

    /// <summary>What to do.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateSet("Wait", "Flood", "Fail", "Break", "Ask", "Tell")]
    public string Mode { get; set; } = "";

    /// <summary>Items; each is one work.</summary>
    [Parameter(ValueFromPipeline = true)]
    public int Item { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Run(Item, async work =>
    {
        Interlocked.Increment(ref _running);
        try
        {
            await DoAsync(work);
        }
        finally
        {
            // Work that is cancelled still has something to put away: the cmdlet must not leave before it.
            await Task.Yield();
            Interlocked.Decrement(ref _running);
        }
    });

    private async Task DoAsync(PipelineWork work)
    {
        switch (Mode)
        {
            case "Wait":
                await work.WriteAsync("waiting");
                await Task.Delay(Timeout.Infinite, work.Stop);
                break;
            case "Flood":
                for (int i = 0; ; i++)
                {
                    await work.WriteAsync(i);
                    Interlocked.Increment(ref _written);
                }

            case "Fail" when Item % 2 == 0:
                throw new PathNotFoundException($"/item/{Item}", "Make it.");
            case "Break" when Item % 2 == 0:
                throw new InvalidOperationException("A fault.");
            case "Ask":
                int pipelineThread = await work.AskAsync(_ => Environment.CurrentManagedThreadId);
                bool yes = await work.ShouldProcessAsync($"item {Item}", "Probe");
                await work.WriteAsync(yes ? pipelineThread : -pipelineThread);
                break;
            case "Tell":
                work.Verbose("a step");
                work.Warning("a doubt");
                await work.WriteAsync(Item);
                break;
            default:
                await work.WriteAsync(Item);
                break;
        }
    }
}
