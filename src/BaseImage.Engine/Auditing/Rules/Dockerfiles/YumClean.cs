using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6031: yum leaves no cache.</summary>
internal sealed class YumClean : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6031",
        Title = "yum leaves no cache",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "yum keeps its metadata and what it downloaded; what a later RUN removes stays in the layer below.",
        Remediation = "End the same RUN with yum clean all, or mount a cache at /var/cache/yum.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3032"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        ShellCommand? install = run.Script.Commands.FirstOrDefault(command => command.Is("yum", "install", "groupinstall", "localinstall"));
        bool cleans = run.Script.Commands.SkipWhile(command => command != install).Any(command => (command.Is("yum", "clean") && command.Has("all")) || (command.Name == "rm" && command.Arguments.Any(argument => argument.StartsWith("/var/cache/yum", StringComparison.Ordinal) || argument.StartsWith("/var/cache/dnf", StringComparison.Ordinal) || argument == "/var/cache/*")));
        return install is null || cleans || run.Caches("/var/cache/yum") ? [] : [At(install, "yum's cache stays in the layer.")];
    }
}
