namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2050: no files lie in /proc, /sys and /dev.</summary>
internal sealed class CoveredFiles : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2050",
        Title = "Nothing lies where mounts will cover it",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Engines mount over /proc, /sys and /dev: what an image has there is seen by nobody who looks into a container, and by everybody who unpacks "
            + "the image. It comes from copying a running system, and it is a place to hide.",
        Remediation = "Build from a tree that was not running (debootstrap, mmdebstrap), or exclude the folders when packing.",
        References = ["OCI Runtime Specification 1.1, config-linux.md, Default Filesystems", "MITRE ATT&CK T1564"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Nothing lies where mounts will cover it.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file lies where a mount will cover it", "files lie where mounts will cover them");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && (FileText.IsBelow(file.Path, "/proc") || FileText.IsBelow(file.Path, "/sys") || (FileText.IsBelow(file.Path, "/dev") && FileText.Name(file) is not "console")))
            .Select(file => new RuleFinding(file.Path, $"will be covered by a mount ({Words.Size(file.Size)})"));
}
