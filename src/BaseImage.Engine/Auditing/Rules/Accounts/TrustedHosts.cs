namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2021: there is no hosts.equiv and no rhosts.</summary>
internal sealed class TrustedHosts : ListingRule
{
    private static readonly HashSet<string> Names = new(["hosts.equiv", "shosts.equiv", ".rhosts", ".shosts"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2021",
        Title = "No hosts are trusted by their name",
        Severity = Severity.High,
        Category = "Accounts",
        Rationale = "These files let users of other machines in because of an address that anybody can claim, without a password; '+' lets everybody in. Nothing "
            + "has needed them for decades.",
        Remediation = "Remove the file; where users must be let in, do it by the platform.",
        References = ["CIS Distribution Independent Linux Benchmark 6.2.14", "hosts.equiv(5)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No hosts are trusted by their name.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file trusts hosts by their name", "files trust hosts by their name");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && Names.Contains(FileText.Name(file)) && !FileText.IsShippedFolder(file.Path)).Where(file => FileText.Lines(facts.Files, file.Path).Any())
            .Select(file => new RuleFinding(file.Path, "trusts hosts by their name"));
}
