using System.Management.Automation;

namespace BaseImage.Cmdlets.Tests;

/// <summary>The bridge between asynchronous work and the pipeline, by cmdlets made for it.</summary>
[Collection("Probe")]
public sealed class AsyncCmdletTests
{
    private const string State = "[BaseImage.Cmdlets.Probe.InvokeProbeCommand]::Running";

    [Fact]
    public async Task Stop_cancels_work_that_waits_and_leaves_only_when_it_has_ended()
    {
        using Shell shell = new(probe: true);
        using PowerShell pipeline = shell.Create("Invoke-Probe Wait");
        using PSDataCollection<PSObject> output = [];
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        output.DataAdded += (_, _) => waiting.TrySetResult();
        IAsyncResult run = pipeline.BeginInvoke<PSObject, PSObject>(null, output);
        await waiting.Task;
        Assert.Equal(PSInvocationState.Running, pipeline.InvocationStateInfo.State);

        await Task.Run(() => pipeline.Stop(), TestContext.Current.CancellationToken);

        Assert.Equal(PSInvocationState.Stopped, pipeline.InvocationStateInfo.State);
        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(run));
        Assert.Equal(0, Assert.Single(shell.Run(State)).BaseObject);
    }

    [Fact]
    public void A_failed_item_is_one_error_and_the_rest_goes_on()
    {
        using Shell shell = new(probe: true);
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = shell.Try("1..4 | Invoke-Probe Fail");
        Assert.Equal([1, 3], output.Select(item => (int)item.BaseObject));
        Assert.Equal(2, errors.Count);
        ErrorRecord first = errors[0];
        Assert.StartsWith("PathNotFound,", first.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ObjectNotFound, first.CategoryInfo.Category);
        Assert.Equal("/item/2", first.TargetObject);
        Assert.Equal("Make it.", first.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_fault_inside_asks_for_a_report()
    {
        using Shell shell = new(probe: true);
        ErrorRecord error = Assert.Single(shell.Try("2 | Invoke-Probe Break").Errors);
        Assert.StartsWith("InternalError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, error.TargetObject);
        Assert.Contains("report", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_under_Stop_ends_the_pipeline_and_the_work()
    {
        using Shell shell = new(probe: true);
        using PowerShell pipeline = shell.Create("1..4 | Invoke-Probe Fail -ErrorAction Stop");
        RuntimeException failure = Assert.ThrowsAny<RuntimeException>(() => pipeline.Invoke());
        Assert.StartsWith("PathNotFound,", failure.ErrorRecord.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(0, Assert.Single(shell.Run(State)).BaseObject);
    }

    [Fact]
    public void Questions_are_asked_on_the_pipeline_thread()
    {
        using Shell shell = new(probe: true);
        IReadOnlyList<PSObject> answers = shell.Run("$here = [Environment]::CurrentManagedThreadId; (Invoke-Probe Ask) -eq $here; (Invoke-Probe Ask -WhatIf) -eq -$here");
        Assert.Equal([true, true], answers.Select(answer => (bool)answer.BaseObject));
    }

    [Fact]
    public void Verbose_and_warning_arrive_in_order_with_the_output()
    {
        using Shell shell = new(probe: true);
        IReadOnlyList<PSObject> all = shell.Run("Invoke-Probe Tell -Verbose 4>&1 3>&1");
        Assert.Equal(["VerboseRecord", "WarningRecord", "Int32"], all.Select(item => item.BaseObject.GetType().Name));
    }

    [Fact]
    public void A_script_that_throws_downstream_ends_endless_work()
    {
        using Shell shell = new(probe: true);
        Assert.Equal("5", Assert.Single(shell.Run("try { Invoke-Probe Flood | ForEach-Object { if ($_ -eq 5) { throw \"$_\" } } } catch { $_.Exception.Message }")).BaseObject);
        Assert.Equal(0, Assert.Single(shell.Run(State)).BaseObject);
    }

    [Fact]
    public void A_reader_that_does_not_read_holds_the_writer_back()
    {
        using Shell shell = new(probe: true);
        long ahead = (long)Assert.Single(shell.Run("""
            $before = [BaseImage.Cmdlets.Probe.InvokeProbeCommand]::Written
            try {
                Invoke-Probe Flood | ForEach-Object {
                    $last = -1L
                    do { $now = [BaseImage.Cmdlets.Probe.InvokeProbeCommand]::Written; $still = $now -eq $last; $last = $now; [System.Threading.Thread]::Sleep(50) } until ($still)
                    throw 'enough'
                }
            } catch { }
            $last - $before
            """)).BaseObject;
        Assert.InRange(ahead, 1, 1000);
    }

    [Fact]
    public async Task Select_first_stops_endless_work_in_the_Console()
    {
        ConsoleRun run = await ConsoleRun.CommandAsync($"Import-Module '{Repository.Probe}'; Invoke-Probe Flood | Select-Object -First 3; {State}");
        Assert.Equal("0\n1\n2\n0\n", run.Output);
        Assert.Equal(0, run.ExitCode);
    }
}
