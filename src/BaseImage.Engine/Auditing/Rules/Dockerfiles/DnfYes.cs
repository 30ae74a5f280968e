using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6037: dnf install asks nothing.</summary>
internal sealed class DnfYes : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6037",
        Title = "dnf install asks nothing",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A build has nobody to answer: without -y dnf stops at its question, and the build fails or hangs.",
        Remediation = "Write dnf install -y with the packages.",
        References = ["dnf(8)"],
        Equivalent = ["hadolint:DL3038"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => (command.Is("dnf", "install", "groupinstall", "localinstall") || command.Is("microdnf", "install", "groupinstall", "localinstall")) && !command.HasFlag("y", "assumeyes") ? $"{command.Name} without -y waits for an answer." : null;
}
