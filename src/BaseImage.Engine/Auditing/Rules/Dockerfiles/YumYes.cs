using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6030: yum install asks nothing.</summary>
internal sealed class YumYes : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6030",
        Title = "yum install asks nothing",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A build has nobody to answer: without -y yum stops at its question, and the build fails or hangs.",
        Remediation = "Write yum install -y with the packages.",
        References = ["yum(8)"],
        Equivalent = ["hadolint:DL3030"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("yum", "install", "groupinstall", "localinstall") && !command.HasFlag("y", "assumeyes") ? "yum without -y waits for an answer." : null;
}
