using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6015: apt-get install asks nothing.</summary>
internal sealed class AptYes : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6015",
        Title = "apt-get install asks nothing",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A build has nobody to answer: without -y apt-get stops at its question and the build fails, or hangs where something is attached.",
        Remediation = "Write apt-get install -y.",
        References = ["apt-get(8)"],
        Equivalent = ["hadolint:DL3014"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("apt-get", "install") && !command.HasFlag("y", "yes", "qq", "assume-yes") && command.Flags.Count(flag => flag == "q") < 2 && command.Flags.Count(flag => flag == "quiet") < 2 && !command.Has("-q=2")
            && !command.Arguments.Any(argument => argument.StartsWith("APT::Get::Assume-Yes", StringComparison.OrdinalIgnoreCase) || argument.StartsWith("-oAPT::Get::Assume-Yes", StringComparison.OrdinalIgnoreCase))
            ? "apt-get install without -y waits for an answer." : null;
}
