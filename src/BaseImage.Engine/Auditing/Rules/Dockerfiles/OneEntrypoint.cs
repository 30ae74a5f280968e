using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6069: one ENTRYPOINT a stage.</summary>
internal sealed class OneEntrypoint : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6069",
        Title = "One ENTRYPOINT a stage",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "Only the last ENTRYPOINT of a stage holds; an earlier one is read by people and by nobody else.",
        Remediation = "Keep the one that is meant.",
        References = ["Dockerfile reference, ENTRYPOINT"],
        Equivalent = ["hadolint:DL4004", "buildkit:MultipleInstructionsDisallowed"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.SelectMany(stage => stage.Instructions.Where(instruction => instruction.Name == "ENTRYPOINT").Skip(1)).Select(instruction => At(instruction, "An earlier ENTRYPOINT of this stage is without effect."));
}
