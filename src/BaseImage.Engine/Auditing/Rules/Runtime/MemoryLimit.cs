using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5008: the program works within its memory limit.</summary>
internal sealed class MemoryLimit : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5008",
        Title = "Works within the memory limit",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "A container without a memory limit can take the host's; one whose program does not know its limit is ended by the kernel. "
            + "The program is run within the limit (512 MiB unless another is given; no swap beside it), and has to come to the same as with ample memory, with no process ended for want of it. "
            + "That the limit is in force is read from the kernel's control group where the container shows it (versions 1 and 2), else from the engine.",
        Remediation = "Give the runtime of the language its share of the limit (heap sizes in per cent), or audit with the limit that production has.",
        References = ["CIS Docker Benchmark 5.10", "NIST SP 800-190 4.4.3", "Kernel documentation, cgroup-v2, memory.max"],
        Equivalent = ["cis-docker:5.10"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotJudged(runtime) is { } not)
        {
            return not;
        }

        RunObservation run = Deciding(runtime, runtime.MemoryAlone);
        long limit = run.Profile.Memory;
        if ((run.KernelMemory ?? run.State?.Memory) is { } real && (real > limit || real == 0))
        {
            throw new RunNotObservedException($"The engine was asked for a limit of {Bytes(limit)} and did not set it, so nothing is known of how the program does within it.");
        }

        List<RuleFinding> findings = [];
        if (!run.IsLike(Seen(runtime.AsGiven)))
        {
            findings.Add(new RuleFinding(Path(runtime), $"Within {Bytes(limit)} {run.Describe()}{Killed(run)}", Key: "fails"));
        }
        else if (run.OutOfMemory > 0)
        {
            findings.Add(new RuleFinding(Path(runtime), $"Within {Bytes(limit)} it goes on{Killed(run)}", Key: "killed"));
        }

        return RuleOutcome.Of(findings, $"Within {Bytes(limit)} {run.Describe()}.", failing => failing[0].Message + ".");
    }

    private static string Killed(RunObservation run) => run.OutOfMemory == 0 ? ""
        : string.Create(CultureInfo.InvariantCulture, $" (the kernel ended {run.OutOfMemory} {(run.OutOfMemory == 1 ? "process" : "processes")} for want of memory)");
}
