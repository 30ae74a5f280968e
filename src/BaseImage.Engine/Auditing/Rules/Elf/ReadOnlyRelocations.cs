using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2082: what the dynamic linker wrote becomes read-only.</summary>
internal sealed class ReadOnlyRelocations : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2082",
        Title = "What the dynamic linker wrote becomes read-only",
        Severity = Severity.Medium,
        Category = "Programs",
        Rationale = "The tables through which a program calls its libraries are a favourite target: who overwrites one entry directs the next call. Full RELRO binds "
            + "every symbol at the start and makes the tables read-only; partial RELRO leaves the table of functions open and is Low. Static programs without a "
            + "dynamic section have no such tables. Files of packages are a note.",
        Remediation = "Link with -Wl,-z,relro,-z,now.",
        References = ["CWE-123", "ld(1), -z relro", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:RELRO"],
    };

    /// <inheritdoc/>
    protected override string Passed => "What the dynamic linker wrote becomes read-only.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file leaves what the dynamic linker wrote open", "files leave what the dynamic linker wrote open");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => !elf.IsDynamic ? null : elf.Relro switch
        {
            ElfRelro.None => ("has no RELRO", elf.IsGo ? Severity.Low : null),
            ElfRelro.Partial => ("has partial RELRO: its table of functions stays writable", Severity.Low),
            _ => null,
        };
}
