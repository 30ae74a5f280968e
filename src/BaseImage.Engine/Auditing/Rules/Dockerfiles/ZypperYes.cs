using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6033: zypper asks nothing.</summary>
internal sealed class ZypperYes : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6033",
        Title = "zypper asks nothing",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A build has nobody to answer: without -n or -y zypper stops at its question, and the build fails or hangs.",
        Remediation = "Write zypper --non-interactive, or install -y.",
        References = ["zypper(8)"],
        Equivalent = ["hadolint:DL3034"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("zypper", "install", "in", "remove", "rm", "source-install", "si", "patch") && !command.HasFlag("non-interactive", "n", "no-confirm", "y") ? "zypper without -n waits for an answer." : null;
}
