using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>A rule on the commands of RUN. Commands of PowerShell and cmd.exe are none of its business.</summary>
internal abstract class RunRule : DockerfileRule
{
    /// <inheritdoc/>
    protected override string? Inapplicable(DockerfileFacts facts)
        => facts.Runs.Count > 0 && facts.Runs.All(run => run.Kind != ShellKind.Posix) ? "The rule reads POSIX shells, and every RUN here speaks to another one." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Runs.Where(run => run.Kind == ShellKind.Posix).SelectMany(run => Find(run, facts));

    /// <summary>What breaks the rule in one RUN.</summary>
    protected abstract IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts);

    /// <summary>A finding at a command.</summary>
    protected static RuleFinding At(ShellCommand command, string message, Severity? severity = null) => At(command.Line, message, severity);
}
