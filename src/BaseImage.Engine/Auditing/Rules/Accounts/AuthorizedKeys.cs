namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2020: no account lets holders of a key in.</summary>
internal sealed class AuthorizedKeys : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2020",
        Title = "No keys to log in with",
        Severity = Severity.High,
        Category = "Accounts",
        Rationale = "A key in authorized_keys opens every container in which a server for logins runs, or is started later, to whoever holds it; nobody who "
            + "pulls the image knows who that is.",
        Remediation = "Remove the file; where logins must be, mount it at run time.",
        References = ["MITRE ATT&CK T1098.004", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No account lets holders of a key in.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file lets holders of keys in", "files let holders of keys in");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && FileText.Name(file) is "authorized_keys" or "authorized_keys2").Where(file => FileText.Lines(facts.Files, file.Path).Any())
            .Select(file => new RuleFinding(file.Path, $"lets the holders of {Words.Number(FileText.Lines(facts.Files!, file.Path).Count(), "key", "keys")} in"));
}
