using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2088: programs carry no debugging information.</summary>
internal sealed class DebugInformation : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2088",
        Title = "Programs carry no debugging information",
        Severity = Severity.Low,
        Category = "Programs",
        Rationale = "Debugging information is often larger than the program, and holds names of sources, of folders on the build machine and of people. Files of "
            + "packages are a note.",
        Remediation = "Strip while installing (strip --strip-debug, go build -ldflags=-w), or leave out -g.",
        References = ["strip(1)", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Programs carry no debugging information.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file carries debugging information", "files carry debugging information");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.DebugBytes > 0 ? ($"carries debugging information ({Words.Size(elf.DebugBytes)})", null) : null;
}
