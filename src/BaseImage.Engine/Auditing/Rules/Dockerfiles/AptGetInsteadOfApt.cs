using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6027: apt-get instead of apt.</summary>
internal sealed class AptGetInsteadOfApt : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6027",
        Title = "apt-get instead of apt",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "apt is made for people at a terminal: its options and its output change between releases, and it says so itself on every call in a script.",
        Remediation = "Write apt-get, or apt-cache.",
        References = ["apt(8), Script usage"],
        Equivalent = ["hadolint:DL3027"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "apt" ? "apt is made for a terminal." : null;
}
