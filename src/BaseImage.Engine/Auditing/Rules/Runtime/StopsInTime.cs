using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5015: the program ends on its stop signal within the grace period.</summary>
internal sealed class StopsInTime : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5015",
        Title = "Ends on its stop signal",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "Whoever stops a container sends its stop signal, waits (10 seconds unless another time is given), and then has the kernel end it: what was being written is lost, and every update of the service takes the whole grace period. "
            + "The program is run as the container's first process, as in production, and sent the configured signal (SIGTERM where there is none). The kernel delivers to the first process only signals that it has a handler for, "
            + "so a shell in front of the program, or a program without a handler, swallows the signal; the row says which signals the first process handles, by the kernel's account.",
        Remediation = "Start the program itself (exec in scripts, the exec form of ENTRYPOINT), handle the signal, set StopSignal to the one that it handles, or put a small init in front that passes signals on.",
        References = ["CIS Docker Benchmark 5.27", "Docker documentation, docker container stop", "pid_namespaces(7)"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (service.Stop is not { } stop)
        {
            return NotToTheEnd(service) ?? throw new RunNotObservedException("It was not asked to stop.");
        }

        return RuleOutcome.Of(
            stop.IsStopped ? [] : [new RuleFinding(Path(runtime), $"It does not end within {Seconds(runtime.Request?.Grace ?? stop.After)} of {Name(stop)}{Why(service, stop)}", Key: "stop")],
            $"It ends {Seconds(stop.After)} after {Name(stop)}.",
            failing => failing[0].Message + ".");
    }

    private static string Name(StopObservation stop) => stop.Signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) || char.IsAsciiDigit(stop.Signal[0]) ? stop.Signal.ToUpperInvariant() : "SIG" + stop.Signal.ToUpperInvariant();

    private static string Why(ServiceObservation service, StopObservation stop)
    {
        if (stop.First is not { } first || Number(stop.Signal) is not (> 0 and <= 64 and var number))
        {
            return "";
        }

        ulong bit = 1UL << (number - 1);
        if ((first.IgnoredSignals & bit) != 0)
        {
            return $": {first.Describe()} ignores it";
        }

        if (first.CaughtSignals is not { } caught || (caught & bit) != 0)
        {
            return $": {first.Describe()} has a handler for it and goes on";
        }

        ProcessStatus? child = service.Samples[^1].Processes.FirstOrDefault(process => process.Parent == 1 && process.State != 'Z');
        return child is null ? $": {first.Describe()} has no handler for it, and the kernel gives the first process no signal that it has no handler for"
            : $": {first.Describe()} has no handler for it and does not pass it on to {child.Describe()}; the kernel gives the first process no signal that it has no handler for";
    }

    // Source: signal(7), for the processors that there is a probe for.
    private static int Number(string signal)
    {
        string name = signal.ToUpperInvariant();
        string[] names = ["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"];
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : Array.IndexOf(names, name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name) + 1;
    }
}
