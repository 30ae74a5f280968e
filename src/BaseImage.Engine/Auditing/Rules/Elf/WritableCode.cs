using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2094: no memory of programs is writable and executable.</summary>
internal sealed class WritableCode : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2094",
        Title = "No memory is writable and executable",
        Severity = Severity.High,
        Category = "Programs",
        Rationale = "A segment that is both lets an attacker write code and run it, in one step. It comes from the linker's -N, from odd linker scripts, or from "
            + "packers that hide what a program does. Compilers that make code at run time map their own memory and need no such segment.",
        Remediation = "Link without -N and with a current linker script; do not pack programs.",
        References = ["CWE-119", "elf(5), p_flags", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:RWX"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No segment is writable and executable.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file has a segment that is writable and executable", "files have segments that are writable and executable");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.HasWritableCode ? ("has a segment that is writable and executable", null) : null;
}
