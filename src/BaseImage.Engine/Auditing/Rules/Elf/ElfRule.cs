using BaseImage.Engine.Auditing.Programs;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>
/// A rule about how programs and libraries were compiled. One's own are findings; those of packages, which their
/// distribution decided about, and of languages' modules are one note together.
/// </summary>
internal abstract class ElfRule : ListingRule
{
    private const int Named = 3;

    /// <inheritdoc/>
    public sealed override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ElfGraph graph = ElfGraph.Of(facts.Files!);
        List<ImageFile> others = [];
        foreach (ElfFile item in graph.All.Where(item => item.IsCode))
        {
            if (Judge(item.Elf) is not { } problem)
            {
                continue;
            }

            if (graph.IsOwn(item.File))
            {
                yield return new RuleFinding(item.File.Path, problem.Message, problem.Severity);
            }
            else
            {
                others.Add(item.File);
            }
        }

        if (others.Count > 0)
        {
            yield return new RuleFinding("", $"The same is true of {Words.Number(others.Count, "file", "files")} of packages: {string.Join(", ", others.Take(Named).Select(file => file.Path))}{(others.Count > Named ? " and others" : "")}.", Severity.Info, "packages");
        }
    }

    /// <summary>What is wrong with a file, to follow its path, and how much less it matters than the rule says; null for nothing.</summary>
    protected abstract (string Message, Severity? Severity)? Judge(ElfFacts elf);
}
