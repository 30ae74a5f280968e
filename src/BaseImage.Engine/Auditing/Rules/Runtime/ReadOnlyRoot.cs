using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5006: the program works on a read-only root.</summary>
internal sealed class ReadOnlyRoot : RuntimeRule
{
    private const int MaximumPaths = 10;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5006",
        Title = "Works on a read-only root",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "What cannot be written cannot be replaced: on a read-only root an attacker who is in the process cannot leave a program behind or change one. "
            + "The program is run with a root that nobody can write to; /tmp and /var/tmp are in memory, and the image's declared volumes stay writable. It has to come to the same as with a writable root. "
            + "Where it does not, the row says how it ended, and notes list the paths that it changed in a run where it could write.",
        Remediation = "Write below /tmp or a declared volume, make at build time what the program makes at its start, and run it with --read-only.",
        References = ["CIS Docker Benchmark 5.12", "NIST SP 800-190 4.4.4", "NSA/CISA Kubernetes Hardening Guide 1.2, immutable container file systems"],
        Equivalent = ["cis-docker:5.12"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotJudged(runtime) is { } not)
        {
            return not;
        }

        RunObservation given = Seen(runtime.AsGiven), run = Deciding(runtime, runtime.ReadOnlyAlone);
        if (run.IsLike(given))
        {
            return RuleOutcome.Of([], $"With a read-only root {run.Describe()}.", _ => "");
        }

        return RuleOutcome.Of(
            [
                new RuleFinding(Path(runtime), $"With a read-only root {run.Describe()}", Key: "fails"),
                .. Written(given).Take(MaximumPaths).Select(path => new RuleFinding(path, "is changed in a run with a writable root", Severity.Info)),
            ],
            "",
            failing => failing[0].Message + ".");
    }

    // Only the deepest of each chain of directories; what the engine itself puts there is not the program's doing.
    private static IEnumerable<string> Written(RunObservation run)
    {
        string[] engines = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/etc/passwd", "/etc/group", "/run/.containerenv", "/.dockerenv"];
        return run.Changes.Where(path => !run.Changes.Any(other => other.StartsWith(path + "/", StringComparison.Ordinal))
            && !engines.Contains(path, StringComparer.Ordinal) && path is not ("/dev" or "/proc" or "/sys" or "/run" or "/etc" or "/tmp" or "/var/tmp" or "/var" or "/run/secrets"));
    }
}
