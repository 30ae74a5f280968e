using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6043: COPY to a relative path follows WORKDIR.</summary>
internal sealed class CopyNeedsWorkdir : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6043",
        Title = "COPY to a relative path follows WORKDIR",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "Without a WORKDIR a relative destination lies wherever the base image left off, '/' more often than not, and moves when the base changes.",
        Remediation = "Set WORKDIR above, or write the whole path.",
        References = ["Dockerfile reference, COPY"],
        Equivalent = ["hadolint:DL3045"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            bool isSet = stage.Chain.Skip(1).Any(one => one.Instructions.Any(instruction => instruction.Name == "WORKDIR"));
            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                DockerfileInstruction actual = instruction.Trigger ?? instruction;
                isSet |= actual.Name == "WORKDIR";
                if (!isSet && instruction.Trigger is null && actual.Name == "COPY" && actual.Arguments.Count > 1 && !Archives.IsAbsolute(actual.Arguments[^1].Text))
                {
                    yield return At(instruction, $"{actual.Arguments[^1].Text} is relative, and no WORKDIR stands above.");
                }
            }
        }
    }
}
