using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6016: apt-get install leaves out recommended packages.</summary>
internal sealed class AptRecommends : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6016",
        Title = "apt-get install leaves out recommended packages",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "apt-get installs what packages recommend, which in an image is documentation, locales and daemons that nobody asked for: more bytes and "
            + "more to attack.",
        Remediation = "Write --no-install-recommends and name what is really needed.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3015"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("apt-get", "install") && !command.HasFlag("no-install-recommends") && !command.Arguments.Any(argument => argument.Replace("-o", "", StringComparison.Ordinal).Trim('"').StartsWith("APT::Install-Recommends", StringComparison.OrdinalIgnoreCase))
            ? "Recommended packages are installed too." : null;
}
