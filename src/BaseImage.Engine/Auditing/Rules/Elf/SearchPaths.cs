using BaseImage.Engine.Auditing.Programs;

namespace BaseImage.Engine.Auditing.Rules.Elf;

/// <summary>BI2085: libraries are searched for in safe places.</summary>
internal sealed class SearchPaths : ListingRule
{
    private const int AllWrite = 0x2;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2085",
        Title = "Libraries are searched for in safe places",
        Severity = Severity.High,
        Category = "Programs",
        Rationale = "A search path in a program (RPATH, RUNPATH) decides whose code it runs: an empty or relative part means the folder where it is started, and a "
            + "folder where all may write means whoever writes there. Folders that are not in the image, left from the build machine, are a note as long as "
            + "nobody can make them. $ORIGIN, the program's own folder, is safe.",
        Remediation = "Link with -Wl,-rpath,'$ORIGIN/../lib' or none; remove one with patchelf --remove-rpath.",
        References = ["ld.so(8)", "CWE-426", "MITRE ATT&CK T1574", "checksec", "NIST SP 800-190 4.1.2"],
        Equivalent = ["checksec:RPATH"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Libraries are searched for in safe places.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file searches for libraries in an unsafe place", "files search for libraries in unsafe places");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => ElfGraph.Of(facts.Files!).All.Count == 0 ? "The image has no ELF files." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        foreach (ElfFile item in ElfGraph.Of(files).All.Where(item => item.IsCode))
        {
            foreach (string path in new[] { item.Elf.Rpath, item.Elf.Runpath }.OfType<string>())
            {
                foreach (string part in path.Split(':').Distinct(StringComparer.Ordinal))
                {
                    if (Problem(files, part) is { } problem)
                    {
                        yield return new RuleFinding(item.File.Path, $"searches for libraries in {problem.Message}", problem.Severity, "path:" + part);
                    }
                }
            }
        }
    }

    private static (string Message, Severity? Severity)? Problem(FileFacts files, string part)
    {
        if (part.Length == 0)
        {
            return ("the folder where it is started (an empty part of its search path)", null);
        }

        if (part.StartsWith("$ORIGIN", StringComparison.Ordinal) || part.StartsWith("${ORIGIN}", StringComparison.Ordinal))
        {
            return null;
        }

        if (!part.StartsWith('/'))
        {
            return ($"'{part}', below the folder where it is started", null);
        }

        if (part.Contains('$', StringComparison.Ordinal))
        {
            return null; // $LIB and $PLATFORM stand for the system's own
        }

        // The nearest folder that is there: who may write to it may make the rest.
        for (string at = part.TrimEnd('/'); at.Length > 0; at = at[..at.LastIndexOf('/')])
        {
            if (files.Resolve(at) is { } folder)
            {
                bool isWhole = at.Length == part.TrimEnd('/').Length;
                return (folder.Mode & AllWrite) != 0 ? ($"{part}, where all may write", null) : isWhole ? null : ($"{part}, which is not in the image", Severity.Info);
            }
        }

        return ($"{part}, which is not in the image", Severity.Info);
    }
}
