using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6128: ENV and LABEL are written with =.</summary>
internal sealed class OldPairs : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6128",
        Title = "ENV and LABEL are written with =",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "ENV name value takes all the rest of the line as one value, quotes and further names among it, and is only kept for old files.",
        Remediation = "Write ENV name=value, or LABEL name=value.",
        References = ["BuildKit, LegacyKeyValueFormat"],
        Equivalent = ["buildkit:LegacyKeyValueFormat"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Pairs.Any(pair => pair.IsOldForm)).Select(instruction => At(instruction, $"{instruction.Name} is written without '='."));
}
