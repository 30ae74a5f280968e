namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2012: no account can be entered without a password.</summary>
internal sealed class EmptyPasswords : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2012",
        Title = "No account has an empty password",
        Severity = Severity.High,
        Category = "Accounts",
        Rationale = "An empty field in shadow, or in passwd itself, lets everybody become that account by su or a login; Alpine's images had it for root for "
            + "years (CVE-2019-5021). Where the account has no shell to log in with it is Medium.",
        Remediation = "Lock the account: passwd -l NAME, which writes '!' into the field, or '*'.",
        References = ["CVE-2019-5021", "CIS Distribution Independent Linux Benchmark 6.2.1"],
        Equivalent = ["dockle:DKL-LI-0001"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No account has an empty password.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("account has an empty password", "accounts have an empty password");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        Dictionary<string, string> shells = new(StringComparer.Ordinal);
        foreach ((_, string text) in FileText.Lines(facts.Files!, "/etc/passwd", "#+-"))
        {
            string[] fields = text.Split(':');
            shells[fields[0]] = fields.Length > 6 ? fields[6] : "";
        }

        foreach (string path in new[] { "/etc/shadow", "/etc/passwd" })
        {
            foreach ((int number, string text) in FileText.Lines(facts.Files!, path, "#+-"))
            {
                string[] fields = text.Split(':');
                if (fields.Length > 1 && fields[1].Length == 0 && fields[0].Length > 0)
                {
                    bool cannotLogIn = shells.TryGetValue(fields[0], out string? shell) && (shell.EndsWith("/nologin", StringComparison.Ordinal) || shell.EndsWith("/false", StringComparison.Ordinal));
                    yield return new RuleFinding(path, $"gives '{fields[0]}' an empty password", cannotLogIn ? Severity.Medium : null, "account:" + fields[0]) { Line = number };
                }
            }
        }
    }
}
