using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6044: useradd with a large number writes no log.</summary>
internal sealed class UseraddNoLog : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6044",
        Title = "useradd with a large number writes no log",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "useradd writes to /var/log/lastlog and faillog at the place of the number: with a number of six digits these files seem gigabytes long, and "
            + "some storage drivers make them so.",
        Remediation = "Write useradd --no-log-init, or take a smaller number.",
        References = ["Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL3046"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "useradd" && !command.HasFlag("l", "no-log-init") && command.Values("u", "uid").Any(number => number.Length > 5) ? "useradd makes large logs." : null;
}
