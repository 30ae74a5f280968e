using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6107: the base is not upgraded as a whole.</summary>
internal sealed class NoUpgrade : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6107",
        Title = "The base is not upgraded as a whole",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "An upgrade of everything makes an image that is neither its base nor reviewed: every build gives another one, and the base's layers stay "
            + "below with the old files in them. A newer base has the same updates, tested.",
        Remediation = "Start from a newer base; upgrade single packages by name where one cannot wait.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.4"],
        Equivalent = ["dockle:CIS-DI-0007"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => IsUpgrade(command) ? $"{command.Name} upgrades everything." : null;

        private static bool IsUpgrade(ShellCommand command) => command.Name switch
        {
            "apt-get" or "apt" or "aptitude" => command.Has("upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade"),
            "apk" => command.Has("upgrade") && command.Without("X", "repository").Count == 1,
            "yum" or "dnf" or "microdnf" or "tdnf" => command.Has("update", "upgrade", "distro-sync") && command.Without("c", "enablerepo", "disablerepo", "setopt", "releasever", "installroot", "x", "exclude").Count == 1,
            "zypper" => command.Has("update", "up") && command.Operands.Count == 1,
            _ => false,
        };
}
