using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5016: the program ends well when it is stopped.</summary>
internal sealed class StopCode : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5016",
        Title = "Ends with success when it is stopped",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "A service that was asked to stop and did so has done its work: supervisors, jobs and alarms take another exit code for a failure, and a restart policy may start it again. "
            + "0, and 128 with the stop signal's number (as a process has that the signal itself ended), are taken for success.",
        Remediation = "End with 0 in the handler of the stop signal.",
        References = ["Docker documentation, Exit status", "Kubernetes documentation, Pod Lifecycle, Container states"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (service.Stop is not { IsStopped: true } stop)
        {
            return NotToTheEnd(service) ?? RuleOutcome.Skip("It did not end on its stop signal, so it has no exit code of its own.");
        }

        bool isSignal = stop.ExitCode is 143 or 130 or 129 or 131 or 138 or 140 or 156;
        return RuleOutcome.Of(
            stop.ExitCode == 0 || isSignal ? [] : [new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"Stopped by {stop.Signal} it ends with code {stop.ExitCode}{Said(service)}"), Key: "code")],
            string.Create(CultureInfo.InvariantCulture, $"Stopped by {stop.Signal} it ends with code {stop.ExitCode}."),
            failing => failing[0].Message + ".");
    }
}
