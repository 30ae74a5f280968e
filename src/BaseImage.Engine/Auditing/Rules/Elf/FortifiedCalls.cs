using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2084: calls without a bound are checked.</summary>
internal sealed class FortifiedCalls : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2084",
        Title = "Calls without a bound are checked",
        Severity = Severity.Low,
        Category = "Programs",
        Rationale = "strcpy, sprintf and their like write as far as their input goes. FORTIFY_SOURCE replaces them by forms that know the target's size where the "
            + "compiler does, and that costs nothing. A file that calls the plain forms alone was compiled without, or without optimisation. Files of packages "
            + "are a note.",
        Remediation = "Compile with -O2 -D_FORTIFY_SOURCE=2 (3 from GCC 12 on).",
        References = ["CWE-120", "feature_test_macros(7), _FORTIFY_SOURCE", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:FORTIFY"],
    };

    /// <inheritdoc/>
    protected override string Passed => "Calls without a bound are checked.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file calls functions without a bound, unchecked", "files call functions without a bound, unchecked");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.UncheckedCalls.Count > 0 && elf.CheckedCalls == 0 && !elf.IsGo ? ($"calls {string.Join(", ", elf.UncheckedCalls)} unchecked", null) : null;
}
