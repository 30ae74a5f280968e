namespace BaseImage.Engine.Auditing.Rules.Secrets;

/// <summary>BI2053: private keys are readable by their owner alone.</summary>
internal sealed class KeyModes : ListingRule
{
    private const int Others = 0x3F, OthersRead = 4;
    private static readonly HashSet<string> Names = new(["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "identity", "id_ecdsa_sk", "id_ed25519_sk"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2053",
        Title = "Private keys are for their owner alone",
        Severity = Severity.Medium,
        Category = "Secrets",
        Rationale = "A private key that everybody may read is every process's in the container, also one that got in by a mistake of the service; ssh refuses to "
            + "use it. That the key is in the image at all is BI2006's; .ssh folders that others may read are Low.",
        Remediation = "Remove the key from the image; what is mounted gets mode 0600.",
        References = ["ssh(1), FILES", "CWE-732"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Private keys are for their owner alone.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("private key is open to others", "private keys are open to others");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        HashSet<string> keys = new(files.Secrets.Where(secret => secret.Hit.Kind.StartsWith("private key", StringComparison.Ordinal)).Select(secret => secret.Path), StringComparer.Ordinal);
        IEnumerable<ImageFile> named = files.Where(static (_, file) => FileText.Name(file) is var name && (FileText.IsRegular(file) ? Names.Contains(name) : name == ".ssh"));
        foreach (ImageFile file in named.Concat(keys.Select(files.Find).OfType<ImageFile>()).DistinctBy(file => file.Path).OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            string name = FileText.Name(file);
            if (FileText.IsRegular(file) && !FileText.IsForTests(file.Path) && !FileText.IsShippedFolder(file.Path) && ((Names.Contains(name) && file.Size > 0 && (file.Mode & Others) != 0 && FileText.Folder(file.Path).EndsWith("/.ssh", StringComparison.Ordinal)) || (keys.Contains(file.Path) && (file.Mode & OthersRead) != 0)))
            {
                yield return new RuleFinding(file.Path, $"is a private key that others may read ({file.Permissions})");
            }
            else if (file.Kind == ImageFileKind.Directory && name == ".ssh" && (file.Mode & Others) != 0)
            {
                yield return new RuleFinding(file.Path, $"is open to others ({file.Permissions})", Severity.Low);
            }
        }
    }
}
