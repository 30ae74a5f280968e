using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6025: CMD and ENTRYPOINT are JSON arrays.</summary>
internal sealed class ExecForm : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6025",
        Title = "CMD and ENTRYPOINT are JSON arrays",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "In the shell form a shell is process 1 and the program its child: signals do not reach it, a stop takes ten seconds and ends with a kill, "
            + "ENTRYPOINT ignores CMD, and an image without a shell does not start. ENTRYPOINT therefore counts more.",
        Remediation = "Write CMD [\"program\", \"argument\"].",
        References = ["Dockerfile reference, ENTRYPOINT", "Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL3025", "buildkit:JSONArgsRecommended"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Form == DockerfileForm.Text && one.Arguments.Count > 0))
        {
            if (instruction.Name is "CMD" or "ENTRYPOINT" || (instruction.Name == "HEALTHCHECK" && instruction.HealthType?.Text.Equals("CMD", StringComparison.OrdinalIgnoreCase) == true))
            {
                yield return At(instruction, $"{instruction.Name} is run by a shell.", instruction.Name switch { "ENTRYPOINT" => (Severity?)null, "CMD" => Severity.Low, _ => Severity.Info });
            }
        }
    }
}
