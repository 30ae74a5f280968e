namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2010: no account beside root has uid 0.</summary>
internal sealed class SecondRoot : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2010",
        Title = "Root is the only account with uid 0",
        Severity = Severity.High,
        Category = "Accounts",
        Rationale = "An account with uid 0 is root by another name: it slips through checks that look for root, and is a favourite way to come back. The kernel "
            + "knows numbers alone, so 00 counts as well.",
        Remediation = "Give the account a number of its own, or remove its line from /etc/passwd.",
        References = ["CIS Distribution Independent Linux Benchmark 6.2.5", "MITRE ATT&CK T1136.001"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Root is the only account with uid 0.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("account beside root has uid 0", "accounts beside root have uid 0");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => FileText.Lines(facts.Files!, "/etc/passwd").Select(line => (line.Number, Fields: line.Text.Split(':')))
            .Where(line => line.Fields.Length > 2 && line.Fields[0] != "root" && AccountFiles.TryNumber(line.Fields[2], out long uid) && uid == 0)
            .Select(line => new RuleFinding("/etc/passwd", $"gives '{line.Fields[0]}' the uid 0", Key: "account:" + line.Fields[0]) { Line = line.Number });
}
