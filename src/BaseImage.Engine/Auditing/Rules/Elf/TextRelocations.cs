using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2086: the dynamic linker writes into no code.</summary>
internal sealed class TextRelocations : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2086",
        Title = "The dynamic linker writes into no code",
        Severity = Severity.Medium,
        Category = "Programs",
        Rationale = "Text relocations make the dynamic linker open code for writing while it loads: for that time it is writable and executable, it cannot be shared "
            + "among processes, and SELinux forbids it.",
        Remediation = "Compile every object of a library with -fPIC; link with -z text to let the build fail.",
        References = ["CWE-1220", "ld(1), -z text", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:TEXTREL"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The dynamic linker writes into no code.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file has relocations in its code", "files have relocations in their code");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.HasTextRelocations ? ("has relocations in its code", null) : null;
}
