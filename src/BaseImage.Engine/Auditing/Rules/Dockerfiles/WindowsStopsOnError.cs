using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6153: powerShell stops at errors.</summary>
internal sealed class WindowsStopsOnError : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6153",
        Title = "PowerShell stops at errors",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "PowerShell goes on behind an error unless it is told otherwise, so that a RUN whose download failed counts as done. $ErrorActionPreference "
            + "= 'Stop' in SHELL holds for every RUN.",
        Remediation = "Write SHELL [\"powershell\", \"-Command\", \"$ErrorActionPreference = 'Stop';\"].",
        References = ["Dockerfile reference, SHELL"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name == "SHELL" && RunScripts.KindOf([.. instruction.Arguments.Select(word => word.Text)]) == ShellKind.PowerShell && !instruction.Arguments.Any(word => word.Text.Contains("ErrorActionPreference", StringComparison.OrdinalIgnoreCase)))
            .Select(instruction => At(instruction, "PowerShell goes on behind errors."));
}
