using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6071: A failure inside of a pipe ends the build.</summary>
internal sealed class Pipefail : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6071",
        Title = "A failure inside of a pipe ends the build",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "A shell looks at the last command of a pipe alone: a download that fails into tar, or into a shell, ends in a layer with half of it and no "
            + "error. In Alpine's and BusyBox' shell pipefail works too.",
        Remediation = "Write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] above, or set -o pipefail first.",
        References = ["Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL4006"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.HasPipe && !run.HasPipefail && run.Script.Commands.FirstOrDefault(command => command.FeedsPipe) is { } first ? [At(first, $"A failure of {first.Name} before '|' goes unseen.")] : [];
}
