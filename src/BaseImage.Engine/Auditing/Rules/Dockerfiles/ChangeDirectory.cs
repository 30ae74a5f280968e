using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6005: WORKDIR instead of cd.</summary>
internal sealed class ChangeDirectory : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6005",
        Title = "WORKDIR instead of cd",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "A cd holds for its own RUN alone, and the next line starts elsewhere, which is easily overlooked; WORKDIR says once where everything behind "
            + "it happens. A cd in a subshell or inside of a substitution is none of this.",
        Remediation = "Use WORKDIR, or give the program the folder (make -C, git -C, tar -C).",
        References = ["Dockerfile reference, WORKDIR", "Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL3003"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "cd" && command.Inside is null ? "cd holds for this RUN alone." : null;
}
