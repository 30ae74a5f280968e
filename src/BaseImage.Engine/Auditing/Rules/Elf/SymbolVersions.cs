using BaseImage.Engine.Auditing.Programs;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2090: libraries have the versions of symbols that programs need.</summary>
internal sealed class SymbolVersions : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2090",
        Title = "Libraries are new enough",
        Severity = Severity.High,
        Category = "Programs",
        Rationale = "A program linked on a newer distribution needs versions of symbols that an older library does not have (version GLIBC_2.38 not found): it does "
            + "not start. What the program needs is compared with what the libraries in the image define. For the program that the image starts it is High, for "
            + "another of one's own Medium, for those of packages Low.",
        Remediation = "Build on the distribution that the image is of, or on an older one.",
        References = ["ld.so(8)", "Linux Standard Base, symbol versioning"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Libraries are new enough.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program or library needs a newer library", "programs or libraries need newer libraries");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ElfGraph graph = ElfGraph.Of(facts.Files!);
        string? start = StartProgram.Of(facts).File?.Path;
        foreach (ElfFile item in graph.All.Where(item => item.IsCode))
        {
            foreach (IGrouping<string, string> library in item.Elf.NeededVersions.GroupBy(need => need[..need.IndexOf(':', StringComparison.Ordinal)], need => need[(need.IndexOf(':', StringComparison.Ordinal) + 1)..]))
            {
                // Libraries without versions (musl's) take every symbol for theirs.
                IReadOnlyList<ElfFile> found = [.. graph.Providers(item, library.Key).Where(provider => provider.Elf.DefinedVersions.Count > 0)];
                string[] missing = [.. library.Where(version => found.Count > 0 && found.All(provider => !provider.Elf.DefinedVersions.Contains(version, StringComparer.Ordinal)))];
                if (missing.Length > 0)
                {
                    Severity? severity = item.File.Path == start ? null : graph.IsOwn(item.File) ? Severity.Medium : Severity.Low;
                    yield return new RuleFinding(item.File.Path, $"needs {string.Join(", ", missing.Take(3))} of {library.Key}, and {found[0].File.Path} is older", severity, "version:" + library.Key);
                }
            }
        }
    }
}
