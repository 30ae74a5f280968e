using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6123: A variable is set once.</summary>
internal sealed class EnvOnce : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6123",
        Title = "A variable is set once",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "Of two ENV of one name in a stage the later one holds; the earlier one was forgotten, or is the one that was meant. A value that goes on "
            + "from the old one (PATH) is none of this.",
        Remediation = "Keep the one that is meant.",
        References = ["Dockerfile reference, ENV"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            Dictionary<string, int> set = new(StringComparer.Ordinal);
            foreach (DockerfileInstruction instruction in stage.Instructions.Where(one => one.Name == "ENV"))
            {
                foreach (DockerfilePair pair in instruction.Pairs)
                {
                    if (set.TryGetValue(pair.Name, out int line) && !facts.Values[instruction].Used.Contains(pair.Name, StringComparer.Ordinal)
                        && !stage.Instructions.Any(one => one.Line > line && one.Line < instruction.Line && one.Name is not ("ENV" or "ARG" or "LABEL")))
                    {
                        yield return At(instruction, $"{pair.Name} was set at line {line}.");
                    }

                    set[pair.Name] = instruction.Line;
                }
            }
        }
    }
}
