using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6064: USER is a number.</summary>
internal sealed class NumericUser : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6064",
        Title = "USER is a number",
        Severity = Severity.Low,
        Category = "Identity",
        Rationale = "Kubernetes cannot see that a name is not root and refuses such an image under runAsNonRoot; a name also depends on a passwd file that a "
            + "volume may hide. Stages that are not shipped do not count.",
        Remediation = "Write the number: USER 65532, or USER 65532:65532.",
        References = ["CIS Docker Benchmark 4.1", "Kubernetes Pod Security Standards, Restricted, runAsNonRoot"],
        Equivalent = ["hadolint:DL3066"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Shipped.Where(stage => !DockerfileFacts.IsWindows(stage)))
        {
            foreach (DockerfileInstruction instruction in stage.Instructions.Where(one => one.Name == "USER" && one.Arguments.Count == 1))
            {
                string? user = facts.Values[instruction].Arguments[0];
                string name = Archives.Unquoted((user ?? instruction.Arguments[0].Text).Split(':')[0]);
                if (name.Length > 0 && !name.All(char.IsAsciiDigit) && !name.Contains('$', StringComparison.Ordinal) && name is not "root")
                {
                    yield return At(instruction, $"{name} is a name.");
                }
            }
        }
    }
}
