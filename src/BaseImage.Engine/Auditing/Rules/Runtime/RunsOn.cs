using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5022: the program runs on as the first process.</summary>
internal sealed class RunsOn : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5022",
        Title = "Runs on until it is stopped",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "A program that was seen to run for a moment may end soon after: when a first request comes, when a file that it waits for does not, when its memory is full. It is run as the container's first process until it was waited for, loaded and watched; "
            + "what ends before it is asked to is reported with its exit code, since an orchestrator would start it again and again. Workers that were replaced meanwhile are a note.",
        Remediation = "Look at the exit code and the last lines.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 5.14"],
        Equivalent = ["cis-docker:5.14"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        List<RuleFinding> findings = service.EndedEarly.Length == 0 ? [] : [new RuleFinding(Path(runtime), $"Started as the first process, {Ended(service)}", Key: "ended")];
        if (findings.Count == 0 && service.Samples.Count > 1)
        {
            // A child of the first process that is gone, while another of its name has come.
            IReadOnlyList<ProcessStatus> first = service.Samples[0].Processes, last = service.Samples[^1].Processes;
            string[] replaced = [.. first.Where(process => process.Parent == 1 && !last.Any(other => other.Pid == process.Pid)).Select(process => process.Name)
                .Intersect(last.Where(process => process.Parent == 1 && !first.Any(other => other.Pid == process.Pid)).Select(process => process.Name), StringComparer.Ordinal)];
            findings.AddRange(replaced.Select(name => new RuleFinding(Path(runtime), $"A process named {name} ended meanwhile, and another took its place", Severity.Info, "replaced")));
        }

        return RuleOutcome.Of(findings, "It ran until it was stopped.", failing => failing[0].Message + ".");
    }
}
