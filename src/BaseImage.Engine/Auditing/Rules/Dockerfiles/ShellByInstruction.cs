using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6070: SHELL changes the shell.</summary>
internal sealed class ShellByInstruction : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6070",
        Title = "SHELL changes the shell",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "A link over /bin/sh changes what every package script and every user of the image gets, where SHELL says it for the build alone.",
        Remediation = "Write SHELL [\"/bin/bash\", \"-c\"].",
        References = ["Dockerfile reference, SHELL"],
        Equivalent = ["hadolint:DL4005"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("ln", "/bin/sh") && command.Arguments[^1] is "/bin/sh" or "/bin/" or "/bin" ? "The shell of the whole image is replaced." : null;
}
