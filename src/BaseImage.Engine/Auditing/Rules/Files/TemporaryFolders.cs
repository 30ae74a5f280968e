namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2048: /tmp and /var/tmp have mode 1777.</summary>
internal sealed class TemporaryFolders : ListingRule
{
    private const int AllBits = 0xFFF, Shared = 0x3FF;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2048",
        Title = "Temporary folders are shared safely",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Programs take for granted that everybody may write to /tmp and nobody may remove what is another's: without the sticky bit files can be "
            + "replaced, and without the right to write services fail as soon as they are not root. That there is no /tmp is a note.",
        Remediation = "Make it so: mkdir -m 1777 /tmp.",
        References = ["CIS Distribution Independent Linux Benchmark 1.1.21", "FHS 3.0, 3.18"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Temporary folders are shared safely.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("temporary folder is not as it should be", "temporary folders are not as they should be");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        foreach (string path in new[] { "/tmp", "/var/tmp" })
        {
            ImageFile? folder = files.Resolve(path);
            if (folder is null && path == "/tmp" && files.Find(path) is null)
            {
                yield return new RuleFinding("", "There is no /tmp.", Severity.Info, "tmp");
            }
            else if (folder is { Kind: not ImageFileKind.Directory } || (folder is not null && (folder.Mode & AllBits) != Shared))
            {
                yield return new RuleFinding(path, $"is {folder!.Permissions} and not drwxrwxrwt");
            }
        }
    }
}
