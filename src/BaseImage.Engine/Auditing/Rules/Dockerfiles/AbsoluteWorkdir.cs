using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6002: WORKDIR is absolute.</summary>
internal sealed class AbsoluteWorkdir : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6002",
        Title = "WORKDIR is absolute",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A relative WORKDIR goes on from wherever the base image or an earlier line left off; a change of the base moves every path behind it. "
            + "Behind an absolute one in the same stage it matters less.",
        Remediation = "Write the whole path from '/', or from the drive on Windows.",
        References = ["Dockerfile reference, WORKDIR", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3000", "buildkit:WorkdirRelativePath"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            bool isFixed = stage.Parent is not null && stage.Chain.Skip(1).Any(one => one.Instructions.Any(instruction => instruction.Name == "WORKDIR"));
            foreach (DockerfileInstruction instruction in stage.Instructions.Select(one => one.Trigger ?? one).Where(one => one.Name == "WORKDIR" && one.Arguments.Count == 1))
            {
                string path = facts.Values[instruction].Arguments is [{ Length: > 0 } known] ? known : instruction.Arguments[0].Text;
                if (Archives.IsAbsolute(path))
                {
                    isFixed = true;
                }
                else
                {
                    yield return At(instruction, $"WORKDIR {path} is relative.", isFixed ? Severity.Low : null);
                }
            }
        }
    }
}
