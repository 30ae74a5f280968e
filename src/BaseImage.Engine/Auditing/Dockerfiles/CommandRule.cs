using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>A rule that judges commands one by one.</summary>
internal abstract class CommandRule : RunRule
{
    /// <inheritdoc/>
    protected sealed override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.Select(command => (command, Message: Judge(command, run))).Where(judged => judged.Message is not null).Select(judged => At(judged.command, judged.Message!));

    /// <summary>What is wrong with a command; null for nothing.</summary>
    protected abstract string? Judge(ShellCommand command, RunFacts run);
}
