using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5003: the program has no capabilities and needs none.</summary>
internal sealed class NoCapabilities : RuntimeRule
{
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST",
        "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM",
        "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5003",
        Title = "Has no capabilities and works without",
        Severity = Severity.High,
        Category = "Run time",
        Rationale = "Capabilities are root's powers one by one: each lets a process past a check that holds everybody else. A service needs none. "
            + "In a plain run a user other than root has none unless a file of the image grants them; with every capability dropped, none may be left, in the bounding set neither, "
            + "and the program has to come to the same as before. The sets are the kernel's own (CapInh, CapPrm, CapEff, CapBnd, CapAmb) of every process.",
        Remediation = "Clear file capabilities (setcap -r), let the service listen above port 1023, own its files at build time instead of changing owners at the start, and run it with --cap-drop=ALL.",
        References = ["CIS Docker Benchmark 5.3", "NIST SP 800-190 4.4.3", "Kubernetes Pod Security Standards, Restricted, capabilities", "capabilities(7)"],
        Equivalent = ["cis-docker:5.3"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        List<RuleFinding> findings = [];
        RunObservation given = Seen(runtime.AsGiven), locked = Unprivileged(runtime);
        if (Identities(given).FirstOrDefault(process => process.IsCapable && !process.IsRoot) is { } granted)
        {
            findings.Add(new RuleFinding(Path(runtime), $"In a plain run {granted.Describe()}, uid {granted.Uids}, has {Text(granted.Permitted | granted.Effective | (granted.Ambient ?? 0))}.", Key: "granted"));
        }

        IReadOnlyList<ProcessStatus> bare = Identities(locked);
        if (bare.Count == 0)
        {
            throw new RunNotObservedException($"No process was seen under the lock-down: {locked.Describe()}.");
        }

        if (bare.FirstOrDefault(process => All(process) != 0) is { } kept)
        {
            findings.Add(new RuleFinding(Path(runtime), $"With every capability dropped {kept.Describe()} has {Text(All(kept))}.", Key: "kept"));
        }

        if (runtime is { Program.Count: > 0, AsGiven.IsGood: true, StandsLockDown: false } && Seen(runtime.UnprivilegedAlone) is var alone && !alone.IsLike(given))
        {
            findings.Add(new RuleFinding(Path(runtime), $"Without capabilities and new privileges, {alone.Describe()}", Severity.Medium, "needs"));
        }

        return RuleOutcome.Of(findings, "No process has a capability, in any set, when all are dropped; none is granted by a file.", failing => failing[0].Message.TrimEnd('.') + ".");
    }

    private static ulong All(ProcessStatus process) => process.Inheritable | process.Permitted | process.Effective | process.Bounding | (process.Ambient ?? 0);

    private static string Text(ulong mask)
    {
        string[] names = [.. Enumerable.Range(0, 64).Where(bit => (mask & (1UL << bit)) != 0).Select(bit => bit < Names.Length ? "CAP_" + Names[bit] : bit.ToString(CultureInfo.InvariantCulture))];
        return names.Length > 16 ? string.Create(CultureInfo.InvariantCulture, $"{names.Length} capabilities") : string.Join(", ", names);
    }
}
