using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6003: no programs that make no sense in a build.</summary>
internal sealed class InteractivePrograms : CommandRule
{
    private static readonly HashSet<string> Programs = new(["free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6003",
        Title = "No programs that make no sense in a build",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "A build has no terminal, no init system and no other processes: ssh, vim, top, ps, service, shutdown, kill, free and mount in a RUN do "
            + "nothing that is still there in a container.",
        Remediation = "Leave the program out; configure the service by its files, and start it by ENTRYPOINT.",
        References = ["Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL3001"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => Programs.Contains(command.Name) && !(command.Name == "ssh" && run.Mounts.Any(mount => mount.Type == "ssh")) ? $"{command.Name} makes no sense in a build." : null;
}
