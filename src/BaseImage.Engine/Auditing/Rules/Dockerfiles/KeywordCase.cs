using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6122: instructions are written in one case.</summary>
internal sealed class KeywordCase : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6122",
        Title = "Instructions are written in one case",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "Builders take FROM, from and From alike; people find instructions by their capital letters, and a file that mixes them is read twice.",
        Remediation = "Write instructions in capital letters.",
        References = ["BuildKit, ConsistentInstructionCasing"],
        Equivalent = ["buildkit:ConsistentInstructionCasing"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        bool isLower = facts.File.Instructions.Count(instruction => instruction.Keyword.All(char.IsAsciiLetterLower)) > facts.File.Instructions.Count / 2;
        return facts.File.Instructions.Where(instruction => instruction.Keyword != (isLower ? instruction.Keyword.ToLowerInvariant() : instruction.Name)).Select(instruction => At(instruction, $"{instruction.Keyword} is written otherwise than the rest."));
    }
}
