using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5002: no process of the image is root, by the kernel's account.</summary>
internal sealed class ReallyNonRoot : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5002",
        Title = "No process really is root",
        Severity = Severity.High,
        Category = "Run time",
        Rationale = "A configuration that names a user is a promise; the kernel keeps the account. A set-id program, a file capability or a script that calls one makes root of any user, "
            + "and the configuration still reads the same. So the image is run as a plain run would run it (no network, limits), and the real, effective, saved and file-system ids of every process "
            + "are read from the kernel, from its first moment to its end; then again under no-new-privileges, where the kernel itself forbids it. "
            + "A program that starts as root and gives it up is reported as Medium: until then it is root, and runtimes that demand a user refuse it. Group 0 is a note.",
        Remediation = "Set a numeric User, start the program itself and no set-id helper, and clear set-id bits and file capabilities from what the image does not need.",
        References = ["CIS Docker Benchmark 4.1", "CIS Docker Benchmark 5.25", "NIST SP 800-190 4.4.3", "Kubernetes Pod Security Standards, Restricted, runAsNonRoot"],
        Equivalent = ["cis-docker:4.1"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        RunObservation given = Seen(runtime.AsGiven);
        IReadOnlyList<ProcessStatus> all = Identities(given);
        if (all.Count == 0)
        {
            throw new RunNotObservedException($"No process was seen: {given.Describe()}.");
        }

        List<RuleFinding> findings = [];
        bool startsAsRoot = given.Given?.IsRoot ?? (given.Identities.Count > 0 && given.Identities[0].IsRoot);
        if (startsAsRoot)
        {
            bool givesUp = given.Outcome is RunOutcome.Runs && given.AtEnd.Count > 0 && given.AtEnd.All(process => !process.IsRoot);
            findings.Add(givesUp
                ? new RuleFinding(Path(runtime), $"It starts as root and becomes uid {given.AtEnd[0].Uids}.", Severity.Medium, "starts")
                : new RuleFinding(Path(runtime), $"It runs as root: {Who(all.First(process => process.IsRoot))}.", Key: "runs"));
        }
        else if (all.FirstOrDefault(process => process.IsRoot) is { } regained)
        {
            findings.Add(new RuleFinding(Path(runtime), $"It is started as uid {all[0].Uids}{Claimed(facts)} and becomes root: {Who(regained)}.", Key: "becomes"));
        }

        if (runtime.LockedDown is { Outcome: not RunOutcome.NotObserved } locked && locked.Given is { IsRoot: false } && Identities(locked).FirstOrDefault(process => process.IsRoot) is { } escaped)
        {
            findings.Add(new RuleFinding(Path(runtime), $"Even under no-new-privileges it becomes root: {Who(escaped)}.", Key: "escapes"));
        }

        if (all.FirstOrDefault(process => process.Gids.HasRoot || process.Groups.Contains(0)) is { } inGroup && findings.Count == 0)
        {
            findings.Add(new RuleFinding(Path(runtime), $"{inGroup.Describe()} is in group 0, so files writable for root's group are writable for it.", Severity.Info, "group"));
        }

        return RuleOutcome.Of(findings, $"Every process has uid {string.Join(", ", all.Select(process => process.Uids.ToString()).Distinct(StringComparer.Ordinal).Take(3))}, by the kernel's account.", failing => failing[0].Message);
    }

    private static string Claimed(ImageFacts facts) => facts.Config.User.Length == 0 ? "" : $" ('{facts.Config.User}' in the configuration)";

    private static string Who(ProcessStatus process) => $"{process.Describe()} has uid {process.Uids} and gid {process.Gids}";
}
