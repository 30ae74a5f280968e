using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6131: no RUN does what is lost at its end.</summary>
internal sealed class LostInTheShell : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6131",
        Title = "No RUN does what is lost at its end",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "Each RUN has a shell of its own: a variable that it exports, a folder that it changes to or a service that it starts is gone for the next one.",
        Remediation = "Use ENV and WORKDIR, or do what needs it in the same RUN.",
        References = ["Dockerfile reference, RUN"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.Where(command => command.Inside is null).ToArray() is { Length: > 0 } all && all.All(command => command.Name is "cd" or "export" or "alias" or "umask" or "set" or "ulimit" || (command.Name.Length == 0 && command.Assignments.Count > 0 && command.Substituted.Count == 0))
            ? [At(run.Instruction, $"What {(all[0].Name.Length > 0 ? all[0].Name : "the assignment")} does is lost.")] : [];
}
