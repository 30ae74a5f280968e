namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2003: nothing is writable for everybody.</summary>
internal sealed class WorldWritable : IAuditRule
{
    private const int OtherWrite = 2, Sticky = 0x200;

    // Devices that udev makes writable for everybody (systemd, rules.d/50-udev-default.rules).
    private static readonly HashSet<string> OpenDevices = new(["null", "zero", "full", "random", "urandom", "tty", "ptmx", "fuse", "tun"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2003",
        Title = "Nothing is writable for everybody",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "What every user may write, every hijacked process may change: programs and settings that others run or read, or files of others in a directory without the sticky bit. "
            + "Links have no permissions of their own, and directories with the sticky bit, as /tmp, are meant to be shared; neither is reported.",
        Remediation = "Clear the bit (chmod o-w), or set the sticky bit on a shared directory (chmod +t).",
        References = ["CIS Distribution Independent Linux Benchmark 6.1.10", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        RuleFinding[] findings = [.. facts.Files!.Where(static (_, file) => IsOpen(file)).Select(Finding)];
        return RuleOutcome.Of(
            findings,
            "Nothing is writable for everybody but shared directories with the sticky bit.",
            failing => Words.Count(failing.Count, "file or directory is writable for everybody", "files or directories are writable for everybody"));
    }

    private static bool IsOpen(ImageFile file) => (file.Mode & OtherWrite) != 0 && file.Kind switch
    {
        ImageFileKind.SymbolicLink => false,
        ImageFileKind.Directory => (file.Mode & Sticky) == 0,
        ImageFileKind.CharacterDevice => !(file.Path.StartsWith("/dev/", StringComparison.Ordinal) && OpenDevices.Contains(file.Path[(file.Path.LastIndexOf('/') + 1)..])),
        _ => true,
    };

    private static RuleFinding Finding(ImageFile file) => new(
        file.Path,
        file.Kind == ImageFileKind.Directory
            ? $"a directory that everybody may write to, without the sticky bit ({file.Permissions}){Words.From(file)}"
            : $"writable for everybody ({file.Permissions}){Words.From(file)}");
}
