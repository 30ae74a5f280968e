namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2047: programs and libraries belong to root.</summary>
internal sealed class ForeignPrograms : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2047",
        Title = "Programs and libraries are root's",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Who owns a program may change it, whatever its mode: an account that is not meant to do more than read can put its own in the place of one "
            + "that root starts. It comes from an archive that kept the ids of the machine that packed it.",
        Remediation = "Unpack with --no-same-owner, copy with --chown=0:0, or chown root.",
        References = ["CIS Distribution Independent Linux Benchmark 6.1", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Programs and libraries are root's.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("program or library is not root's", "programs or libraries are not root's");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => file.Uid != 0 && FileText.IsRegular(file) && ((FileText.IsExecutable(file) && ProgramPaths.IsLookedFor(file.Path) && IsSystem(file.Path)) || (IsSystem(file.Path) && FileText.Name(file).Contains(".so", StringComparison.Ordinal))))
            .Select(file => new RuleFinding(file.Path, $"belongs to uid {file.Uid}{Words.From(file)}"));

    private static bool IsSystem(string path) => path.StartsWith("/bin/", StringComparison.Ordinal) || path.StartsWith("/sbin/", StringComparison.Ordinal) || path.StartsWith("/lib", StringComparison.Ordinal) || path.StartsWith("/usr/", StringComparison.Ordinal);
}
