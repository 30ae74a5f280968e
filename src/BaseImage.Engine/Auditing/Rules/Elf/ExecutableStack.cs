using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2080: no code runs on the stack.</summary>
internal sealed class ExecutableStack : ElfRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2080",
        Title = "No code runs on the stack",
        Severity = Severity.High,
        Category = "Programs",
        Rationale = "Where the stack is executable, a buffer that overflows is enough to run whatever an attacker puts into it. One object file of assembler without a "
            + "note makes the linker ask for it, mostly unseen. A file that says nothing leaves the choice to kernel and C library and is Low. Files of packages "
            + "are a note.",
        Remediation = "Link with -z noexecstack, and give assembler sources a .note.GNU-stack section.",
        References = ["elf(5), PT_GNU_STACK", "CWE-119", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:NX"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No code runs on the stack.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file lets code run on the stack", "files let code run on the stack");

    /// <inheritdoc/>
    protected override (string Message, Severity? Severity)? Judge(ElfFacts elf)
        => elf.Stack switch
        {
            ElfStack.Executable => ("asks for a stack that code runs on", null),
            ElfStack.Unsaid when !elf.IsGo => ("does not say whether code runs on its stack", Severity.Low),
            _ => null,
        };
}
