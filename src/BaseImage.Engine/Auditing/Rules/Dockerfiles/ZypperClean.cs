using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6035: zypper leaves no cache.</summary>
internal sealed class ZypperClean : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6035",
        Title = "zypper leaves no cache",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "zypper keeps its metadata and packages; what a later RUN removes stays in the layer below.",
        Remediation = "End the same RUN with zypper clean, or mount a cache at /var/cache/zypp.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3036"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        ShellCommand? install = run.Script.Commands.FirstOrDefault(command => command.Is("zypper", "install", "in"));
        bool cleans = run.Script.Commands.SkipWhile(command => command != install).Any(command => command.Is("zypper", "clean", "cc") || (command.Name == "rm" && command.Arguments.Any(argument => argument.StartsWith("/var/cache/zypp", StringComparison.Ordinal))));
        return install is null || cleans || run.Caches("/var/cache/zypp") ? [] : [At(install, "zypper's cache stays in the layer.")];
    }
}
