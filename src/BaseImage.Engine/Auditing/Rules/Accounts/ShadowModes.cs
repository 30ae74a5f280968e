namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2014: shadow and gshadow can be read by root, and the group shadow, alone.</summary>
internal sealed class ShadowModes : ListingRule
{
    private const int Others = 7, GroupWrite = 0x10;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2014",
        Title = "Only root reads password files",
        Severity = Severity.Medium,
        Category = "Accounts",
        Rationale = "Who can read the hashes can guess passwords without anybody noticing. The back-ups, with a '-' at the end of their names, hold the same. "
            + "Debian and Alpine give them mode 0640 and the group shadow, others 0000.",
        Remediation = "chown root:shadow and chmod 0640, or remove the files: a container without logins needs none.",
        References = ["CIS Distribution Independent Linux Benchmark 6.1.3, 6.1.5, 6.1.7, 6.1.9"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Only root reads password files.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("password file is open", "password files are open");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => new[] { "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-" }.Select(facts.Files!.Find).OfType<ImageFile>().Where(FileText.IsRegular)
            .Where(file => (file.Mode & (Others | GroupWrite)) != 0 || file.Uid != 0)
            .Select(file => new RuleFinding(file.Path, file.Uid != 0 ? $"belongs to uid {file.Uid} ({file.Permissions})" : $"is open to others ({file.Permissions})"));
}
