using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5004: no-new-privileges is on for every process.</summary>
internal sealed class NoNewPrivileges : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5004",
        Title = "No-new-privileges holds for every process",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "With the kernel's no_new_privs no program of the container can gain what its starter lacks: set-id bits and file capabilities are without effect, "
            + "so a forgotten one cannot be abused. It is asked for in the locked-down run and read back from the kernel (NoNewPrivs), since an engine that takes the option and does not set it would look the same. "
            + "The bit cannot be cleared again; a process without it was started by somebody else.",
        Remediation = "Run containers with --security-opt no-new-privileges (Kubernetes: allowPrivilegeEscalation: false), and bring the engine up to date where it ignores that.",
        References = ["CIS Docker Benchmark 5.25", "NIST SP 800-190 4.4.3", "Kubernetes Pod Security Standards, Restricted, allowPrivilegeEscalation", "PR_SET_NO_NEW_PRIVS(2const)"],
        Equivalent = ["cis-docker:5.25"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        IReadOnlyList<ProcessStatus> all = Identities(Unprivileged(runtime));
        return all.Count == 0 ? throw new RunNotObservedException("No process was seen under the lock-down.")
            : all.Any(process => process.NoNewPrivileges is null) ? RuleOutcome.Skip("The engine's kernel does not tell (Linux before 4.10).")
            : RuleOutcome.Of(
                [.. all.Where(process => process.NoNewPrivileges is false).Take(1).Select(process => new RuleFinding(Path(runtime), $"{process.Describe()} runs without no-new-privileges, though it was asked for.", Key: "off"))],
                "The kernel says that no process can gain privileges.",
                failing => failing[0].Message);
    }
}
