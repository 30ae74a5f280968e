using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6059: the file begins with FROM or ARG.</summary>
internal sealed class FirstInstruction : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6059",
        Title = "The file begins with FROM or ARG",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "What stands before the first FROM belongs to no image; builders refuse everything there but ARG, comments and parser directives.",
        Remediation = "Move the line behind FROM.",
        References = ["Dockerfile reference, FROM"],
        Equivalent = ["hadolint:DL3061"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.File.Instructions.TakeWhile(instruction => instruction.Name != "FROM").Where(instruction => instruction.Name != "ARG").Select(instruction => At(instruction, $"{instruction.Name} stands before the first FROM."));
}
