using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2081: programs can lie at any address.</summary>
internal sealed class PositionIndependent : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2081",
        Title = "Programs can lie at any address",
        Severity = Severity.Medium,
        Category = "Programs",
        Rationale = "A program at fixed addresses gives an attacker who can overflow a buffer all the code that is needed, at places known beforehand; address "
            + "randomisation moves only what is position independent. Go's programs, whose language checks bounds, are Low. Programs of packages are a note.",
        Remediation = "Compile with -fPIE and link with -pie (Go: -buildmode=pie; static: -static-pie).",
        References = ["CWE-119", "Debian Policy 4.9, hardening", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:PIE"],
    };

    /// <inheritdoc/>
    protected override string Passed => "Programs can lie at any address.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program lies at fixed addresses", "programs lie at fixed addresses");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.Kind == ElfKind.Executable ? ("lies at fixed addresses", elf.IsGo ? Severity.Low : null) : null;
}
