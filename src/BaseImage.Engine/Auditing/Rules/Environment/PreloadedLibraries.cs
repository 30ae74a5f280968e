namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1017: no variable loads a library into every program.</summary>
internal sealed class PreloadedLibraries : ListingRule
{
    private static readonly HashSet<string> Names = new(["LD_PRELOAD", "LD_AUDIT", "LD_PROFILE", "LD_DEBUG_OUTPUT", "GCONV_PATH", "DYLD_INSERT_LIBRARIES"], StringComparer.Ordinal);
    private static readonly string[] Allocators = ["jemalloc", "tcmalloc", "mimalloc"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1017",
        Title = "No library is loaded into every program",
        Severity = Severity.Medium,
        Category = "Environment",
        Rationale = "LD_PRELOAD, LD_AUDIT and their like put code into every program that starts in the container, before any of its own: it sees every password "
            + "and every connection, and a file that is put there later is loaded without another change. Allocators (jemalloc, tcmalloc, mimalloc) are "
            + "loaded so by habit; they are Low.",
        Remediation = "Link the library where it is needed, or set the variable for one program in its start script.",
        References = ["ld.so(8), Secure-execution mode", "MITRE ATT&CK T1574.006"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "No variable loads a library into every program.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("variable loads a library into every program", "variables load libraries into every program");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (name, value) => value.Length > 0 && Names.Contains(name)).Select(pair => new RuleFinding(
            "", $"{pair.Key} loads {pair.Value}.", Allocators.Any(allocator => pair.Value.Contains(allocator, StringComparison.Ordinal)) ? Severity.Low : null, "env:" + pair.Key));
}
