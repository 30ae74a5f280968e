using BaseImage.Engine.Auditing.Policies;

namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2001: no program takes another user's or group's identity.</summary>
internal sealed class SetIdFiles : IAuditRule
{
    private const int SetUid = 0x800, SetGid = 0x400, AnyExecute = 0x49;

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2001",
        Title = "No set-user-ID or set-group-ID programs",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A set-id program runs with its owner's identity whoever starts it, so a mistake in it turns any process of the container into its owner, mostly root. "
            + "Services need none. Directories with the set-group-ID bit only hand their group on and are not reported; set-id files that nobody may execute, and those that the policy allows (Limits.AllowedSetId), are notes.",
        Remediation = "Leave out the package that brings the program, or clear the bits (chmod a-s), and run containers with no-new-privileges.",
        References = ["CIS Docker Benchmark 4.8", "NIST SP 800-190 4.1.2"],
        Equivalent = ["dockle:CIS-DI-0008", "cis-docker:4.8"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        RuleFinding[] findings = [.. facts.Files!
            .Where(static (_, file) => file.Kind is ImageFileKind.File or ImageFileKind.HardLink && (file.Mode & (SetUid | SetGid)) != 0)
            .Select(file => PolicyLimits.MatchesPath(facts.Limits.AllowedSetId ?? [], file.Path) ? Finding(file) with { Severity = Severity.Info } : Finding(file))];
        return RuleOutcome.Of(findings, "No program has a set-id bit.", failing => Words.Count(failing.Count, "program has a set-id bit", "programs have a set-id bit"));
    }

    private static RuleFinding Finding(ImageFile file)
    {
        string bits = (file.Mode & SetUid, file.Mode & SetGid) switch
        {
            (not 0, not 0) => $"set-user-ID to uid {file.Uid} and set-group-ID to gid {file.Gid}",
            (not 0, _) => $"set-user-ID to uid {file.Uid}",
            _ => $"set-group-ID to gid {file.Gid}",
        };
        return (file.Mode & AnyExecute) != 0
            ? new RuleFinding(file.Path, $"{bits} ({file.Permissions}){Words.From(file)}")
            : new RuleFinding(file.Path, $"{bits} but executable for nobody ({file.Permissions}){Words.From(file)}", Severity.Info);
    }
}
