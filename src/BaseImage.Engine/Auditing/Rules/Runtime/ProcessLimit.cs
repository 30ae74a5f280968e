using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5009: the program works within its process limit.</summary>
internal sealed class ProcessLimit : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5009",
        Title = "Works within the process limit",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "Without a limit one container can take every process id of its host, by a fork bomb or by a leak. A limit that is met shows as threads that do not start. "
            + "The program is run within the limit (256 processes and threads unless another is given), and has to come to the same as with many, without meeting it. "
            + "That the limit is in force is read from the kernel's control group where the container shows it (versions 1 and 2), else from the engine.",
        Remediation = "Bound the program's pools of workers, reap ended children, or audit with the limit that production has.",
        References = ["CIS Docker Benchmark 5.28", "NIST SP 800-190 4.4.3", "Kernel documentation, cgroup-v2, pids.max"],
        Equivalent = ["cis-docker:5.28"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotJudged(runtime) is { } not)
        {
            return not;
        }

        RunObservation run = Deciding(runtime, runtime.ProcessesAlone);
        long limit = run.Profile.Processes;
        if ((run.KernelProcesses ?? run.State?.Processes) is { } real && (real > limit || real <= 0))
        {
            throw new RunNotObservedException(string.Create(CultureInfo.InvariantCulture, $"The engine was asked for a limit of {limit} processes and did not set it, so nothing is known of how the program does within it."));
        }

        string within = string.Create(CultureInfo.InvariantCulture, $"Within {limit} processes");
        List<RuleFinding> findings = [];
        if (!run.IsLike(Seen(runtime.AsGiven)))
        {
            findings.Add(new RuleFinding(Path(runtime), $"{within} {run.Describe()}", Key: "fails"));
        }
        else if (run.OutOfProcesses > 0)
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"{within} it goes on, but met the limit {run.OutOfProcesses} times"), Key: "met"));
        }

        return RuleOutcome.Of(findings, $"{within} {run.Describe()}.", failing => failing[0].Message + ".");
    }
}
