using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6023: COPY --from does not name its own stage.</summary>
internal sealed class CopyFromItself : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6023",
        Title = "COPY --from does not name its own stage",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A stage cannot copy from itself: what it would copy is not built yet, and builders refuse it.",
        Remediation = "Name another stage; inside of one stage use RUN cp.",
        References = ["Dockerfile reference, COPY --from"],
        Equivalent = ["hadolint:DL3023"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.Where(stage => stage.Name is not null).SelectMany(stage => stage.Instructions.Where(instruction => instruction.Name == "COPY" && stage.Name!.Equals(instruction.Flag("from"), StringComparison.OrdinalIgnoreCase) && StageBuilder.Find(facts.Stages, stage.Index, stage.Name) is null))
            .Select(instruction => At(instruction, $"{instruction.Flag("from")} is this stage itself."));
}
