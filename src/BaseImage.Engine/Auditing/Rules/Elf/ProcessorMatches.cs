using BaseImage.Engine.Auditing.Programs;
using BaseImage.Engine.Inspection.Elf;
using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2092: programs are for the processor that the config names.</summary>
internal sealed class ProcessorMatches : ListingRule
{
    private static readonly SortedDictionary<string, Processor> Processors = new(StringComparer.Ordinal)
    {
        ["386"] = new(3, 32, false), ["amd64"] = new(62, 64, false, 3), ["arm"] = new(40, 32, false), ["arm64"] = new(183, 64, false, 40), ["loong64"] = new(258, 64, false),
        ["mips64le"] = new(8, 64, false), ["ppc64"] = new(21, 64, true), ["ppc64le"] = new(21, 64, false), ["riscv64"] = new(243, 64, false), ["s390x"] = new(22, 64, true),
    };

    private static readonly string[] Marks = ["arm64", "aarch64", "armhf", "armv7", "amd64", "x86_64", "x86-64", "i386", "i686", "ppc64", "s390x", "riscv", "mips", "qemu", "firmware"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2092",
        Title = "Programs are for the image's processor",
        Severity = Severity.High,
        Category = "Programs",
        Rationale = "An image that says amd64 and holds programs for another processor starts with exec format error, or runs slowly under an emulator that happens to "
            + "be there. It happens where a build copies from the wrong stage or the wrong download. Files of packages and prebuilt modules for several "
            + "processors are a note; 32-bit programs beside 64-bit ones, which kernels run, are Low.",
        Remediation = "Build each platform with its own toolchain (TARGETARCH), and copy from the stage of the same platform.",
        References = ["OCI Image Specification 1.1, config.md, architecture", "elf(5), e_machine"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Programs are for the image's processor.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file is for another processor", "files are for another processor");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ElfGraph graph = ElfGraph.Of(facts.Files!);
        Processor own = Processors[facts.Platform.Architecture];
        string? start = StartProgram.Of(facts).File?.Path;
        ElfFile[] code = [.. graph.All.Where(item => item.IsCode)], wrong = [.. code.Where(item => !own.Runs(item.Elf))];
        if (wrong.Length > 3 && wrong.Length == code.Length)
        {
            yield return new RuleFinding("", $"All {Words.Number(wrong.Length, "program or library is", "programs and libraries are")} for {Name(wrong[0])}, and the config says {facts.Platform}.", Key: "all");
            yield break;
        }

        List<string> others = [];
        foreach (ElfFile item in wrong)
        {
            if (item.File.Path == start || (graph.IsOwn(item.File) && !IsForSeveral(item.File.Path)))
            {
                Severity? severity = item.File.Path == start ? null : own.Smaller == item.Elf.Machine || !item.Elf.IsProgram ? Severity.Low : null;
                yield return new RuleFinding(item.File.Path, $"is for {Name(item)}, and the image for {facts.Platform}", severity);
            }
            else
            {
                others.Add(item.File.Path);
            }
        }

        if (others.Count > 0)
        {
            yield return new RuleFinding("", $"{Words.Number(others.Count, "file", "files")} of packages and modules {(others.Count == 1 ? "is" : "are")} for another processor: {string.Join(", ", others.Take(3))}.", Severity.Info, "others");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => !Processors.ContainsKey(facts.Platform.Architecture) ? $"Programs of {facts.Platform.Architecture} are not known." : ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    private static string Name(ElfFile item)
        => Processors.FirstOrDefault(pair => pair.Value.Runs(item.Elf)).Key ?? string.Create(CultureInfo.InvariantCulture, $"processor {item.Elf.Machine}");

    // app/bin/tool-arm64 is meant to be there beside the others.
    private static bool IsForSeveral(string path)
        => Array.Exists(Marks, mark => path.Contains(mark, StringComparison.OrdinalIgnoreCase));

    private sealed record Processor(int Machine, int Bits, bool IsBigEndian, int Smaller = -1)
    {
        // Kernels run programs for no processor in particular (BPF) in a machine of their own.
        public bool Runs(ElfFacts elf) => elf.Machine is 0 or 247 || (elf.Machine == Machine && elf.IsBigEndian == IsBigEndian);
    }
}
