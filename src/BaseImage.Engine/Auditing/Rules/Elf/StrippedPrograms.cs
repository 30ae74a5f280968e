using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2087: programs are stripped.</summary>
internal sealed class StrippedPrograms : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2087",
        Title = "Programs are stripped",
        Severity = Severity.Low,
        Category = "Programs",
        Rationale = "The symbol table names every function of a program: an attacker reads it like a map, and it is carried to every host. Nothing at run time needs "
            + "it. Files of packages are a note.",
        Remediation = "Strip while installing (strip --strip-unneeded, go build -ldflags=-s, cargo's strip = true); keep the unstripped file where debuggers find it by "
            + "its build id.",
        References = ["strip(1)", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:SYMBOLS"],
    };

    /// <inheritdoc/>
    protected override string Passed => "Programs are stripped.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file has its symbol table", "files have their symbol tables");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.HasSymbolTable ? ($"has its symbol table ({Words.Size(elf.SymbolBytes)})", null) : null;
}
