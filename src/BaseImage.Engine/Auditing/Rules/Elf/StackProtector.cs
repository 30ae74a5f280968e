using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2083: functions guard their stack.</summary>
internal sealed class StackProtector : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2083",
        Title = "Functions guard their stack",
        Severity = Severity.Low,
        Category = "Programs",
        Rationale = "A guard value between a function's buffers and its return address stops the simplest overflows. A file that never calls __stack_chk_fail has no "
            + "guarded function: it was compiled without, or, where it is small, has no function with a buffer; hence Low. Go and Rust check bounds themselves. "
            + "Files of packages are a note, and stripped static programs are not judged.",
        Remediation = "Compile with -fstack-protector-strong.",
        References = ["CWE-121", "gcc(1), -fstack-protector-strong", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:CANARY"],
    };

    /// <inheritdoc/>
    protected override string Passed => "Functions guard their stack.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file has no guarded function", "files have no guarded function");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.HasStackProtector == false && !elf.IsGo && !elf.IsRust && elf.Compilers.Any(name => name.Contains("GCC", StringComparison.Ordinal) || name.Contains("clang", StringComparison.Ordinal)) ? ("has no function that guards its stack", null) : null;
}
