using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6010: apt lists are removed in their own RUN.</summary>
internal sealed class AptListsRemoved : RunRule
{
    private static bool Removes(ShellScript script) => script.Commands.Any(command =>
        (command.Name == "rm" && command.Arguments.Any(argument => argument.StartsWith("/var/lib/apt", StringComparison.Ordinal) || argument is "/var/lib/*"))
        || (command.Name == "find" && command.Arguments.Any(argument => argument.StartsWith("/var/lib/apt", StringComparison.Ordinal)) && command.Has("-delete", "-exec"))
        || (command.Name == "apt-get" && command.Has("dist-clean", "distclean")));

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6010",
        Title = "apt lists are removed in their own RUN",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "apt-get update leaves 20 to 50 MB of package lists; removed by a later RUN they stay in the layer below. A cache mount keeps them out "
            + "altogether. Stages that are not shipped do not count.",
        Remediation = "End the same RUN with rm -rf /var/lib/apt/lists/*, or mount a cache there.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3009", "dockle:DKL-DI-0005"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        bool isKept = run.IsTrigger || run.Stage is null || facts.Shipped.Contains(run.Stage);
        ShellCommand? update = run.Script.Commands.FirstOrDefault(command => command.Name is "apt-get" or "apt" or "aptitude" && command.Has("update"));
        return !isKept || update is null || Removes(run.Script) || run.Caches("/var/lib/apt/lists") || (run.Caches("/var/lib/apt") && run.Caches("/var/cache/apt"))
            ? []
            : [At(update, "The package lists stay in the layer.")];
    }
}
