using BaseImage.Engine.Auditing.Programs;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2095: what begins as a program is one.</summary>
internal sealed class DamagedPrograms : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2095",
        Title = "Programs are whole",
        Severity = Severity.Medium,
        Category = "Programs",
        Rationale = "A file that begins as a program and whose headers lead outside of it was cut off on the way, or was made to mislead what reads it: some scanners "
            + "pass over such files. It does not start.",
        Remediation = "Copy the file again and compare checksums; find out who made a file that only looks like a program.",
        References = ["elf(5)", "CWE-20"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Programs are whole.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program is damaged", "programs are damaged");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => ElfGraph.Of(facts.Files!).All.Where(item => item.Elf.Damage.Length > 0 && item.Elf.Kind is not ElfKind.Core && !item.File.Path.StartsWith("/usr/lib/debug/", StringComparison.Ordinal))
            .Select(item => new RuleFinding(item.File.Path, $"begins as a program, but {item.Elf.Damage}", item.File.Package.Length > 0 ? Severity.Low : null));
}
