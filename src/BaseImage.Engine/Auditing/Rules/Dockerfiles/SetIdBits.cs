using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6124: no set-id bits and capabilities are given.</summary>
internal sealed class SetIdBits : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6124",
        Title = "No set-id bits and capabilities are given",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A set-id program, or one with file capabilities, gives its caller rights that the container's user was not to have; it is how a plain user "
            + "becomes root again.",
        Remediation = "Give the rights to the container (--cap-add), or do what needs them in the build.",
        References = ["CIS Docker Benchmark 4.8", "NIST SP 800-190 4.1.2"],
        Equivalent = ["cis-docker:4.8", "dockle:CIS-DI-0008"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "setcap" && !command.HasFlag("r") ? "setcap gives capabilities to a file."
            : command.Name == "chmod" && command.Operands.Count > 1 && GivesRights(command.Operands[0].Text) ? $"chmod {command.Operands[0].Text} makes a set-id file." : null;

        private static bool GivesRights(string mode) => mode.All(char.IsAsciiDigit)
            ? mode.Length is 4 or 5 && ((mode[^4] - '0') & 6) == 4 || (mode.Length is 4 or 5 && ((mode[^4] - '0') & 4) != 0)
            : mode.Split(',').Any(part => part.IndexOfAny(['+', '=']) is >= 0 and int sign && part[sign..].Contains('s', StringComparison.Ordinal) && (part[..sign].Contains('u', StringComparison.Ordinal) || sign == 0));
}
