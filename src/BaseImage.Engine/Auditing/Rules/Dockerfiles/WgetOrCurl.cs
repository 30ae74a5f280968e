using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6067: either wget or curl.</summary>
internal sealed class WgetOrCurl : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6067",
        Title = "Either wget or curl",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "Two programs that do the same are two to install, to update and to attack; one is enough for a stage.",
        Remediation = "Use one of them for all downloads of the stage.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL4001"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (IGrouping<DockerfileStage?, RunFacts> stage in facts.Runs.GroupBy(run => run.Stage))
        {
            ShellCommand[] commands = [.. stage.SelectMany(run => run.Script.Commands.Where(command => command.Name is "curl" or "wget"))];
            if (commands.Select(command => command.Name).Distinct(StringComparer.Ordinal).Count() > 1)
            {
                ShellCommand second = commands.First(command => command.Name != commands[0].Name);
                yield return At(second.Line, $"{second.Name} is used beside {commands[0].Name}, which line {commands[0].Line} uses.");
            }
        }
    }
}
