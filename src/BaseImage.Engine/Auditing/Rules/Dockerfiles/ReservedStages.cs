using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6061: no stage has a reserved name.</summary>
internal sealed class ReservedStages : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6061",
        Title = "No stage has a reserved name",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "scratch is the empty image and context the build's own files: a stage of that name hides them, or is hidden by them.",
        Remediation = "Give the stage another name.",
        References = ["BuildKit, ReservedStageName"],
        Equivalent = ["hadolint:DL3063", "buildkit:ReservedStageName"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.Where(stage => stage.Name is "scratch" or "context").Select(stage => At(stage.From, $"{stage.Name} is reserved."));
}
