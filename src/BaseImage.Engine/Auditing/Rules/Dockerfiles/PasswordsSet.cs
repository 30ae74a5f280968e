using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6138: no passwords are set.</summary>
internal sealed class PasswordsSet : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6138",
        Title = "No passwords are set",
        Severity = Severity.High,
        Category = "Identity",
        Rationale = "A password that a build sets is the same in every container, and its hash, or itself, is in the history. An account without a password is "
            + "open to everybody who reaches a login.",
        Remediation = "Lock the account (usermod -L), and let nobody log in.",
        References = ["CIS Docker Benchmark 4.10", "CIS Docker Benchmark 4.1", "NIST SP 800-190 4.1.4"],
        Equivalent = ["dockle:CIS-DI-0010"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Name == "chpasswd" ? "chpasswd sets a password."
            : command.Name == "passwd" && command.HasFlag("d", "delete") ? "passwd -d makes an account that needs none."
            : command.Name is "useradd" or "usermod" && command.Values("p", "password").Any(value => value is not ("!" or "*" or "x" or "!!")) ? $"{command.Name} sets a password." : null;
}
