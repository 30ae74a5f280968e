namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2051: no file has access lists or attributes of an overlay.</summary>
internal sealed class OddAttributes : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2051",
        Title = "No attributes that ls does not show",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "An access list gives rights that the mode does not show, and most tools that copy images lose it; attributes of an overlay come from "
            + "copying an engine's own storage, and hide or show files in ways that depend on where the image is mounted. Labels of SELinux and users' own "
            + "attributes are notes; capabilities are BI2002's.",
        Remediation = "Clear them before packing: setfacl -b, setfattr -x.",
        References = ["acl(5)", "kernel documentation, overlayfs", "xattr(7)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No file has attributes that ls does not show.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file has attributes that ls does not show", "files have attributes that ls does not show");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => file.ExtendedAttributes.Count > 0).Select(file => (File: file, Name: file.ExtendedAttributes.FirstOrDefault(IsOdd))).Where(pair => pair.Name is not null)
            .Select(pair => new RuleFinding(pair.File.Path, $"has the attribute {pair.Name}", pair.Name!.StartsWith("user.", StringComparison.Ordinal) && !pair.Name.StartsWith("user.overlay.", StringComparison.Ordinal) ? Severity.Info : null));

    private static bool IsOdd(string name) => name.StartsWith("system.posix_acl", StringComparison.Ordinal) || name.StartsWith("trusted.", StringComparison.Ordinal) || name.StartsWith("user.", StringComparison.Ordinal);
}
