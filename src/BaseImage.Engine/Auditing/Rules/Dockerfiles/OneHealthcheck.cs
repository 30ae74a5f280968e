using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6013: one HEALTHCHECK a stage.</summary>
internal sealed class OneHealthcheck : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6013",
        Title = "One HEALTHCHECK a stage",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "Only the last HEALTHCHECK of a stage holds; an earlier one is read by people and by nobody else, and hides which check is really made.",
        Remediation = "Keep the one that is meant.",
        References = ["Dockerfile reference, HEALTHCHECK"],
        Equivalent = ["hadolint:DL3012", "buildkit:MultipleInstructionsDisallowed"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.SelectMany(stage => stage.Instructions.Where(instruction => instruction.Name == "HEALTHCHECK").Skip(1)).Select(instruction => At(instruction, "An earlier HEALTHCHECK of this stage is without effect."));
}
