using BaseImage.Engine.Auditing.Programs;
using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2093: programs were built by compilers that are new enough.</summary>
internal sealed class CompilerBaseline : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2093",
        Title = "Programs were built by compilers new enough",
        Severity = Severity.Medium,
        Category = "Programs",
        Rationale = "Compilers learn: what an old one makes lacks checks that a new one puts in, and Go's standard library, with its flaws, is part of every program. "
            + "The policy states the least version of each compiler (Limits.Compilers); what files say in .comment, and Go in its build information, is "
            + "compared. Files of packages are a note; files that say nothing are not judged.",
        Remediation = "Build with a current compiler, or change Limits.Compilers and say why.",
        References = ["elf(5), .comment", "NIST SP 800-218 PW.6"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Programs were built by compilers new enough.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file was built by an old compiler", "files were built by old compilers");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ElfGraph graph = ElfGraph.Of(facts.Files!);
        List<string> others = [];
        foreach (ElfFile item in graph.All.Where(item => item.IsCode))
        {
            string[] old = [.. Built(item).Where(by => facts.Limits.Compilers!.Any(limit => limit.Key.Equals(by.Name, StringComparison.OrdinalIgnoreCase) && IsOlder(by.Version, limit.Value))).Select(by => $"{by.Name} {by.Version}")];
            if (old.Length == 0)
            {
                continue;
            }

            if (graph.IsOwn(item.File))
            {
                yield return new RuleFinding(item.File.Path, $"was built by {string.Join(" and ", old)}");
            }
            else
            {
                others.Add(item.File.Path);
            }
        }

        if (others.Count > 0)
        {
            yield return new RuleFinding("", $"{Words.Number(others.Count, "file of packages was", "files of packages were")} built by older compilers: {string.Join(", ", others.Take(3))}.", Severity.Info, "packages");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => facts.Limits.Compilers is null ? "The policy states no compilers: write Limits = @{ Compilers = @{ GCC = '12'; Go = '1.22' } }." : ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    // "GCC: (Debian 12.2.0-14) 12.2.0", "Debian clang version 14.0.6", "rustc version 1.63.0 (4b91a6ea7 2022-08-08)".
    private static IEnumerable<(string Name, string Version)> Built(ElfFile item)
    {
        foreach (string text in item.Elf.Compilers)
        {
            if (text.StartsWith("GCC:", StringComparison.Ordinal))
            {
                string[] words = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                yield return ("GCC", words.Length > 0 ? words[0] : "");
            }
            else if (text.IndexOf(" version ", StringComparison.Ordinal) is var at and > 0)
            {
                string name = text[..at];
                yield return (name[(name.LastIndexOf(' ') + 1)..], text[(at + " version ".Length)..].Split(' ', '(')[0]);
            }
        }

        if (item.Elf.GoVersion.Length > 2)
        {
            yield return ("Go", item.Elf.GoVersion[2..].Split(' ')[0]);
        }
    }

    private static bool IsOlder(string version, string least)
    {
        long[] a = Numbers(version), b = Numbers(least);
        for (int i = 0; i < b.Length; i++)
        {
            long x = i < a.Length ? a[i] : 0;
            if (x != b[i])
            {
                return a.Length > 0 && x < b[i];
            }
        }

        return false;
    }

    private static long[] Numbers(string version)
        => [.. version.Split('.', '-', '+', '~').TakeWhile(part => part.Length is > 0 and < 18 && part.All(char.IsAsciiDigit)).Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
}
