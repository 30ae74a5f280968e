using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6042: ENV uses no variable that it sets itself.</summary>
internal sealed class EnvNotInItself : DockerfileRule
{
    private static bool Uses(DockerfileFacts facts, string? value, string name)
    {
        WordExpander expander = new(facts.File.Escape, _ => "");
        return value is not null && (expander.TryExpand(value, out _) || expander.Asked.Count > 0) && expander.Asked.Contains(name);
    }

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6042",
        Title = "ENV uses no variable that it sets itself",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "All values of one ENV are put in before any of them is set: a variable that the same line defines still has its old value, or none, in the "
            + "rest of the line.",
        Remediation = "Use two ENV instructions. The first one sets what the second one uses.",
        References = ["Dockerfile reference, Environment replacement"],
        Equivalent = ["hadolint:DL3044"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (DockerfileInstruction instruction in facts.Actual)
        {
            if (instruction.Name == "FROM")
            {
                known.Clear();
            }

            if (instruction.Name == "ENV")
            {
                foreach (DockerfilePair pair in instruction.Pairs.Where(pair => !known.Contains(pair.Name) && instruction.Pairs.Any(other => !ReferenceEquals(other, pair) && Uses(facts, other.Value, pair.Name))))
                {
                    yield return At(instruction, $"{pair.Name} is used in the line that sets it.");
                }
            }

            if (instruction.Name is "ENV" or "ARG")
            {
                known.UnionWith(instruction.Pairs.Select(pair => pair.Name));
            }
        }
    }
}
