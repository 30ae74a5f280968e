namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2024: layers hold no device nodes and pipes.</summary>
internal sealed class Devices : ListingRule
{
    // What every engine puts into /dev itself (OCI Runtime Specification 1.1, config-linux.md, Default Devices), and what a bootstrapped tree has beside it.
    private static readonly HashSet<string> Usual = new(["null", "zero", "full", "random", "urandom", "tty", "console", "ptmx"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2024",
        Title = "No devices and no pipes",
        Severity = Severity.High,
        Category = "Files",
        Rationale = "A device node is the way to a disk or the kernel's memory for whoever the engine lets use it (privileged containers do), and engines put "
            + "the harmless ones into /dev themselves. Disks are High, other devices Medium; a pipe (Low) stops whoever reads the image file by file.",
        Remediation = "Build from an archive without device nodes (tar --exclude=dev/*), and give devices to a container at run time.",
        References = ["CIS Docker Benchmark 5.17", "NIST SP 800-190 4.4.3"],
        Equivalent = ["cis-docker:5.17"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There are no devices and pipes.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("device or pipe is there", "devices or pipes are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.BlockDevice or ImageFileKind.CharacterDevice or ImageFileKind.Fifo).Select(file => file.Kind switch
        {
            ImageFileKind.BlockDevice => new RuleFinding(file.Path, $"is a disk's device ({file.Permissions})"),
            ImageFileKind.CharacterDevice when !(FileText.Folder(file.Path) is "/dev" or "/dev/pts" && Usual.Contains(FileText.Name(file))) => new RuleFinding(file.Path, $"is a device ({file.Permissions})", Severity.Medium),
            ImageFileKind.Fifo => new RuleFinding(file.Path, $"is a pipe ({file.Permissions})", Severity.Low),
            _ => null,
        }).OfType<RuleFinding>();
}
