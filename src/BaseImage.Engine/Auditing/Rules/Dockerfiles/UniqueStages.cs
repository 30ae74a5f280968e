using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6024: names of stages are unique.</summary>
internal sealed class UniqueStages : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6024",
        Title = "Names of stages are unique",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "Of two stages with one name the later one wins for everything behind it, and which of them COPY --from means depends on where it stands. "
            + "Letter case does not count.",
        Remediation = "Give each stage a name of its own.",
        References = ["Dockerfile reference, FROM"],
        Equivalent = ["hadolint:DL3024", "buildkit:DuplicateStageName"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.Where(stage => stage.Name is not null && facts.Stages.Take(stage.Index).Any(earlier => earlier.Name == stage.Name)).Select(stage => At(stage.From, $"{stage.Name} is the name of an earlier stage."));
}
