using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6034: no zypper dist-upgrade.</summary>
internal sealed class ZypperDistUpgrade : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6034",
        Title = "No zypper dist-upgrade",
        Severity = Severity.Medium,
        Category = "Reproducibility",
        Rationale = "A dist-upgrade moves the image to another state of the distribution than the one its base stands for: what the base was tested as is no "
            + "longer what is there.",
        Remediation = "Start from a newer base image.",
        References = ["Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL3035"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("zypper", "dist-upgrade", "dup") ? "The distribution is moved under the image." : null;
}
