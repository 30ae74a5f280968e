using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5010: the program works within its processor limit.</summary>
internal sealed class ProcessorLimit : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5010",
        Title = "Works within the processor limit",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "Without a limit one container can take every processor of its host; within one, a program that expects all of them may stumble over its own timeouts. "
            + "The program is run with the processors asked for (1 unless another number is given), and has to come to the same as without a limit. "
            + "That the limit is in force is read from the kernel's control group where the container shows it (versions 1 and 2).",
        Remediation = "Size thread pools by the processors that the container has, and audit with the limit that production has.",
        References = ["CIS Docker Benchmark 5.11", "NIST SP 800-190 4.4.3", "Kernel documentation, cgroup-v2, cpu.max"],
        Equivalent = ["cis-docker:5.11"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotJudged(runtime) is { } not)
        {
            return not;
        }

        RunObservation run = Deciding(runtime, runtime.ProcessorsAlone);
        double asked = run.Profile.Processors;
        if (run.KernelProcessors is { } real && real > asked * 1.01)
        {
            throw new RunNotObservedException(string.Create(CultureInfo.InvariantCulture, $"The engine was asked for {asked:0.##} processors and did not set that limit, so nothing is known of how the program does within it."));
        }

        string within = string.Create(CultureInfo.InvariantCulture, $"With {asked:0.##} {(asked == 1 ? "processor" : "processors")}");
        return RuleOutcome.Of(
            run.IsLike(Seen(runtime.AsGiven)) ? [] : [new RuleFinding(Path(runtime), $"{within} {run.Describe()}", Key: "fails")],
            $"{within} {run.Describe()}.",
            failing => failing[0].Message + ".");
    }
}
