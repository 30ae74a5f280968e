using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6068: one CMD a stage.</summary>
internal sealed class OneCmd : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6068",
        Title = "One CMD a stage",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "Only the last CMD of a stage holds; an earlier one is read by people and by nobody else. CMD starts a container, and RUN is what happens in a build.",
        Remediation = "Keep the one that is meant.",
        References = ["Dockerfile reference, CMD"],
        Equivalent = ["hadolint:DL4003", "buildkit:MultipleInstructionsDisallowed"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.SelectMany(stage => stage.Instructions.Where(instruction => instruction.Name == "CMD").Skip(1)).Select(instruction => At(instruction, "An earlier CMD of this stage is without effect."));
}
