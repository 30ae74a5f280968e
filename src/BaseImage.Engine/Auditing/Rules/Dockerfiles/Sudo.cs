using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6006: no sudo.</summary>
internal sealed class Sudo : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6006",
        Title = "No sudo",
        Severity = Severity.Medium,
        Category = "Identity",
        Rationale = "A build runs as root unless USER says otherwise, so that sudo adds nothing but a set-id program in the image, a cleared environment and an "
            + "unexpected terminal.",
        Remediation = "Leave sudo out; where a RUN needs root, put USER root before it and the user back behind it.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.8"],
        Equivalent = ["hadolint:DL3004"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "sudo" ? "sudo is not needed in a build." : null;
}
