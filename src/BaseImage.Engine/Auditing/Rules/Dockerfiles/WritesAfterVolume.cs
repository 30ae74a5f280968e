using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6114: nothing is written to a VOLUME behind it.</summary>
internal sealed class WritesAfterVolume : DockerfileRule
{
    private static readonly HashSet<string> Writers = new(["mkdir", "touch", "chown", "chmod", "cp", "mv", "ln", "install", "tar", "tee", "rsync", "chgrp", "unzip"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6114",
        Title = "Nothing is written to a VOLUME behind it",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "The classic builder throws away what a RUN writes below a VOLUME that stands above it; BuildKit keeps it. The same file gives two images.",
        Remediation = "Write VOLUME behind everything that fills its folder.",
        References = ["Dockerfile reference, VOLUME"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            List<string> volumes = [];
            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                if (instruction.Name == "VOLUME")
                {
                    volumes.AddRange(facts.Values[instruction].Arguments.OfType<string>().Select(path => path.TrimEnd('/')).Where(path => path.Length > 1));
                }
                else if (volumes.Count > 0 && facts.Runs.FirstOrDefault(run => ReferenceEquals(run.Instruction, instruction)) is { } run)
                {
                    foreach (ShellCommand command in run.Script.Commands)
                    {
                        IEnumerable<string> paths = command.Redirections.Where(redirection => redirection.Operator[0] == '>').Select(redirection => redirection.Target).Concat(Writers.Contains(command.Name) ? command.Operands.Select(word => word.Text) : []);
                        if (volumes.FirstOrDefault(volume => paths.Any(path => path == volume || path.StartsWith(volume + "/", StringComparison.Ordinal))) is { } written)
                        {
                            yield return At(command.Line, $"What {command.Name} does below {written} may be lost.");
                        }
                    }
                }
            }
        }
    }
}
