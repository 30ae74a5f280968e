namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2018: there is no ssh, telnet or rsh server.</summary>
internal sealed class RemoteLogins : ListingRule
{
    private static readonly HashSet<string> Programs = new(["sshd", "dropbear", "dropbearmulti", "tinysshd", "telnetd", "in.telnetd", "utelnetd", "in.rshd", "in.rlogind", "in.rexecd", "xinetd", "inetd"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2018",
        Title = "No server for logins",
        Severity = Severity.Medium,
        Category = "Accounts",
        Rationale = "A server for logins is a second service beside the one that the image is for: it has keys, accounts and mistakes of its own, and what is "
            + "done through it is seen by no build and no log of the platform.",
        Remediation = "Leave the package out; use the platform's exec, or an ephemeral debug container.",
        References = ["CIS Docker Benchmark 5.6", "NIST SP 800-190 4.1.2"],
        Equivalent = ["cis-docker:5.6"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is no server for logins.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("server for logins is there", "servers for logins are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => Programs.Contains(FileText.Name(file)) && FileText.IsExecutable(file) && ProgramPaths.IsLookedFor(file.Path)).Select(file => new RuleFinding(file.Path, $"serves logins{Words.From(file)}"));
}
