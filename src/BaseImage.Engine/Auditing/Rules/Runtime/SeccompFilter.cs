using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5005: a seccomp filter is on for every process.</summary>
internal sealed class SeccompFilter : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5005",
        Title = "Runs under a seccomp filter",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "Engines filter some sixty system calls that containers have no use for, many of them with a history of holes in the kernel. "
            + "The filter depends on the engine, its settings and its kernel, and its absence shows nowhere but in the kernel's account (Seccomp: 2 is a filter). "
            + "The program has to run under the engine's default filter; a process in another mode is reported.",
        Remediation = "Give the engine back its default profile (no seccomp=unconfined in its settings), on a kernel with CONFIG_SECCOMP_FILTER.",
        References = ["CIS Docker Benchmark 5.21", "NIST SP 800-190 4.4.3", "Kubernetes Pod Security Standards, Restricted, seccompProfile", "seccomp(2)"],
        Equivalent = ["cis-docker:5.21"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        IReadOnlyList<ProcessStatus> all = Identities(Unprivileged(runtime));
        return all.Count == 0 ? throw new RunNotObservedException("No process was seen under the lock-down.")
            : RuleOutcome.Of(
                [.. all.Where(process => process.Seccomp != 2).Take(1).Select(process => new RuleFinding(Path(runtime), $"{process.Describe()} runs without a seccomp filter ({(process.Seccomp is { } mode ? $"mode {mode}" : "the kernel has none")}).", Key: "off"))],
                "The kernel filters the system calls of every process.",
                failing => failing[0].Message);
    }
}
