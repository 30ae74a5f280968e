using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6129: no empty lines inside of an instruction.</summary>
internal sealed class EmptyContinuation : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6129",
        Title = "No empty lines inside of an instruction",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "An empty line in a continuation is passed over today, and builders say that it will be an error; it is also where people believe that the "
            + "instruction ends.",
        Remediation = "Remove the line, or write a comment in its place.",
        References = ["BuildKit, NoEmptyContinuation"],
        Equivalent = ["buildkit:NoEmptyContinuation"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.File.Instructions.Where(instruction => instruction.HasEmptyContinuation).Select(instruction => At(instruction, $"{instruction.Name} goes on behind an empty line."));
}
