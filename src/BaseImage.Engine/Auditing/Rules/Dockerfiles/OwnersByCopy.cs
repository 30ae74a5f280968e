using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6132: owners are set while copying.</summary>
internal sealed class OwnersByCopy : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6132",
        Title = "Owners are set while copying",
        Severity = Severity.Info,
        Category = "Size",
        Rationale = "RUN chown -R writes every file that it touches a second time, into a layer of its own: the image grows by all that was copied.",
        Remediation = "Write COPY --chown=user:group.",
        References = ["Dockerfile reference, COPY --chown", "Docker documentation, Building best practices"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            List<string> copied = [];
            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                if (instruction.Name is "COPY" or "ADD" && instruction.Arguments.Count > 1)
                {
                    copied.Add(Archives.Unquoted(instruction.Arguments[^1].Text).TrimEnd('/'));
                }
                else if (instruction.Name == "RUN" && copied.Count > 0 && facts.Runs.FirstOrDefault(run => ReferenceEquals(run.Instruction, instruction)) is { } run)
                {
                    foreach (ShellCommand command in run.Script.Commands.Where(command => command.Name is "chown" or "chmod" && command.HasFlag("R", "recursive") && command.Operands.Skip(1).Any(word => copied.Contains(word.Text.TrimEnd('/'), StringComparer.Ordinal))))
                    {
                        yield return At(command.Line, $"{command.Name} -R writes again what was copied.");
                    }
                }
            }
        }
    }
}
