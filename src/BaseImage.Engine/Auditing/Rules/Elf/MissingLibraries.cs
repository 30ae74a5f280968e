using BaseImage.Engine.Auditing.Programs;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2089: programs find their libraries.</summary>
internal sealed class MissingLibraries : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2089",
        Title = "Programs find their libraries",
        Severity = Severity.High,
        Category = "Programs",
        Rationale = "A program whose dynamic linker or library is missing does not start, and says so at night. The commonest case is a program made for glibc in an "
            + "image of Alpine. For the program that the image starts it is High, for another of one's own Medium, for those of packages and for libraries, "
            + "which may be optional parts, Low or a note. Libraries that lie in some folder of the image count as found.",
        Remediation = "Install the package that brings the library, link statically, or build on the distribution that the image is of.",
        References = ["ld.so(8)", "elf(5), DT_NEEDED"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Programs find their libraries.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program or library lacks what it needs", "programs or libraries lack what they need");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ElfGraph graph = ElfGraph.Of(facts.Files!);
        string? start = StartProgram.Of(facts).File?.Path;
        foreach (ElfFile item in graph.All.Where(item => item.IsCode && item.Elf.IsDynamic))
        {
            Severity? severity = item.File.Path == start ? null
                : !graph.IsOwn(item.File) ? item.Elf.IsProgram ? Severity.Low : Severity.Info
                : item.Elf.IsProgram ? Severity.Medium : Severity.Low;
            if (item.Elf.Interpreter.Length > 0 && facts.Files!.Resolve(item.Elf.Interpreter) is null)
            {
                yield return new RuleFinding(item.File.Path, $"does not start: its dynamic linker {item.Elf.Interpreter} is missing", severity, "linker");
                continue;
            }

            string[] missing = [.. graph.Missing(item)];
            if (missing.Length > 0)
            {
                yield return new RuleFinding(item.File.Path, $"{(item.Elf.IsProgram ? "does not start" : "cannot be loaded")}: {string.Join(", ", missing.Take(5))} {(missing.Length == 1 ? "is" : "are")} missing", severity, "libraries");
            }
        }
    }
}
