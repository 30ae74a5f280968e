using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6041: ONBUILD keeps what may be kept.</summary>
internal sealed class OnbuildTriggers : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6041",
        Title = "ONBUILD keeps what may be kept",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "ONBUILD cannot keep FROM, MAINTAINER or another ONBUILD: builders refuse it, though only when somebody builds upon the image.",
        Remediation = "Write the instruction where it belongs, or keep another one.",
        References = ["Dockerfile reference, ONBUILD"],
        Equivalent = ["hadolint:DL3043"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.File.Instructions.Where(instruction => instruction.Trigger is { Name: "ONBUILD" or "FROM" or "MAINTAINER" }).Select(instruction => At(instruction, $"ONBUILD cannot keep {instruction.Trigger!.Name}."));
}
