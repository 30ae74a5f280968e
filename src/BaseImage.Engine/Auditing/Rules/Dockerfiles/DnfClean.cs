using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6038: dnf leaves no cache.</summary>
internal sealed class DnfClean : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6038",
        Title = "dnf leaves no cache",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "dnf keeps its metadata and what it downloaded; what a later RUN removes stays in the layer below.",
        Remediation = "End the same RUN with dnf clean all, or mount a cache at /var/cache/libdnf5.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3040"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        foreach (string program in new[] { "dnf", "microdnf" })
        {
            ShellCommand? install = run.Script.Commands.FirstOrDefault(command => command.Is(program, "install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"));
            bool cleans = run.Script.Commands.SkipWhile(command => command != install).Any(command => (command.Is(program, "clean") && command.Has("all")) || (command.Name == "rm" && command.Arguments.Any(argument => argument.StartsWith("/var/cache/libdnf5", StringComparison.Ordinal) || argument.StartsWith("/var/cache/dnf", StringComparison.Ordinal) || argument.StartsWith("/var/cache/yum", StringComparison.Ordinal) || argument == "/var/cache/*")));
            if (install is not null && !cleans && !run.Caches("/var/cache/libdnf5") && !run.Caches(".cache/libdnf5") && !run.Caches("/var/cache/dnf") && !run.Caches("/var/cache/yum"))
            {
                yield return At(install, $"{program}'s cache stays in the layer.");
            }
        }
    }
}
