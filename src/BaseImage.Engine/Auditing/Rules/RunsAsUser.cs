namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI1001: the process is not root, however root is spelt.</summary>
internal sealed class RunsAsUser : IAuditRule
{
    private static readonly string[] WindowsAdministrators = ["containeradministrator", "administrator", "nt authority\\system", "system", "localsystem"];

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI1001",
        Title = "Runs as a user other than root",
        Severity = Severity.High,
        Category = "Identity",
        Rationale = "A process that is root in its container needs one more mistake, in the kernel, the runtime or a mount, to be root on the host. "
            + "Root has many spellings: no user at all, 0, 00, 0:0, root, a name that the image's own /etc/passwd gives the id 0 "
            + "(a broken or missing number there counts as 0), and numbers beyond 31 bits, which some runtimes wrapped round to 0 (CVE-2024-40635). "
            + "A name that /etc/passwd lacks makes the container fail to start, or leaves the choice to the runtime. "
            + "Membership in group 0 is reported as a note: platforms that assign ids at random rely on it.",
        Remediation = "Set a numeric user and group in the definition's Config, as User = '65532:65532', and add the account to Accounts where programs look it up.",
        References = ["CIS Docker Benchmark 4.1", "NIST SP 800-190 4.1.2", "CVE-2024-40635"],
        Equivalent = ["dockle:CIS-DI-0001", "hadolint:DL3002", "cis-docker:4.1"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => false;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        string user = facts.Config.User;
        return facts.Platform.Os == "windows" ? Windows(user) : Linux(user, facts.Files);
    }

    private static RuleOutcome Linux(string user, FileFacts? files)
    {
        IReadOnlyList<PasswdEntry> passwd = files is null ? [] : AccountFiles.Passwd(files.Read("/etc/passwd"));
        IReadOnlyList<GroupEntry> groups = files is null ? [] : AccountFiles.Group(files.Read("/etc/group"));
        ContainerUser resolved = ContainerUser.Resolve(user, passwd, groups);
        string spelt = user.Length == 0 ? "no user" : $"the user '{user}'";
        List<RuleFinding> findings = [];
        if (resolved.Uid is null)
        {
            findings.Add(new RuleFinding("", $"The configuration names {spelt}, and {resolved.Reason}; a runtime refuses it or runs it as root.", Key: "user"));
        }
        else if (resolved.Uid == 0)
        {
            findings.Add(new RuleFinding("", $"The configuration names {spelt}, which is root: {resolved.Reason}.", Key: "user"));
        }
        else if (resolved.Gid is null)
        {
            findings.Add(new RuleFinding("", $"The configuration names {spelt}, and {resolved.Reason}; the container does not start.", Severity.Medium, "group"));
        }
        else if (resolved.Gid == 0 || resolved.SupplementaryGids.Contains(0))
        {
            findings.Add(new RuleFinding("", $"{Capital(spelt)} has uid {resolved.Uid} and is in group 0, so files writable for root's group are writable for it.", Severity.Info, "group"));
        }

        return RuleOutcome.Of(findings, $"{Capital(spelt)} has uid {resolved.Uid}.", failing => failing[0].Message);
    }

    private static RuleOutcome Windows(string user)
    {
        string account = user.Contains('\\', StringComparison.Ordinal) && !user.StartsWith("nt authority\\", StringComparison.OrdinalIgnoreCase)
            ? user[(user.LastIndexOf('\\') + 1)..]
            : user;
        string? problem = account.Trim().Length == 0
            ? "The configuration names no user; Windows Server Core then runs as ContainerAdministrator."
            : WindowsAdministrators.Contains(account.Trim(), StringComparer.OrdinalIgnoreCase)
                ? $"The user '{user}' is an administrator."
                : null;
        return RuleOutcome.Of(problem is null ? [] : [new RuleFinding("", problem, Key: "user")], $"The user is '{user}'.", failing => failing[0].Message);
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
