using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6058: yarn leaves no cache.</summary>
internal sealed class YarnClean : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6058",
        Title = "yarn leaves no cache",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "yarn keeps every package in its cache beside the copy in node_modules; what a later RUN removes stays in the layer below. Stages that are "
            + "not shipped do not count.",
        Remediation = "End the same RUN with yarn cache clean, or mount a cache at /root/.cache/yarn.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3060"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        ShellCommand? install = run.Script.Commands.FirstOrDefault(command => command.Is("yarn", "install"));
        bool isKept = run.IsTrigger || run.Stage is null || facts.Shipped.Contains(run.Stage);
        return install is null || !isKept || run.Caches(".cache/yarn") || run.Script.Commands.SkipWhile(command => command != install).Any(command => command.Name == "yarn" && command.Has("cache") && command.Has("clean"))
            ? [] : [At(install, "yarn's cache stays in the layer.")];
    }
}
