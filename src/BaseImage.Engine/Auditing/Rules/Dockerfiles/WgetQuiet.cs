using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6045: wget writes no progress bar.</summary>
internal sealed class WgetQuiet : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6045",
        Title = "wget writes no progress bar",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "wget's progress bar fills a build's log with thousands of lines, in which the one that matters is not found.",
        Remediation = "Write wget -q, -nv or --progress=dot:giga.",
        References = ["wget(1)"],
        Equivalent = ["hadolint:DL3047"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "wget" && !command.HasFlag("progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose") && !command.Has("-nv") && !command.Has("--help", "--version") ? "wget writes its progress." : null;
}
