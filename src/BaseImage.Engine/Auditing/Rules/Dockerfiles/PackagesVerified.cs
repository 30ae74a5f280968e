using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6111: signatures of packages are checked.</summary>
internal sealed class PackagesVerified : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6111",
        Title = "Signatures of packages are checked",
        Severity = Severity.High,
        Category = "Trust",
        Rationale = "Package managers check signatures unless they are told not to; then anybody on the way to the mirror decides what is installed as root. A "
            + "key that apt-key adds holds for every archive, not for its own alone.",
        Remediation = "Leave the switch out; put the archive's key into /etc/apt/keyrings and name it by signed-by.",
        References = ["CIS Docker Benchmark 4.11", "NIST SP 800-190 4.1.3", "apt-secure(8)"],
        Equivalent = ["cis-docker:4.11"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
    {
        if (command.Name == "apt-key")
        {
            return command.Has("add", "adv") ? "apt-key trusts a key for every archive." : null;
        }

        string? flag = command.Name switch
        {
            "apt-get" or "apt" or "aptitude" => command.Arguments.FirstOrDefault(argument => argument is "--allow-unauthenticated" or "--force-yes" or "--allow-insecure-repositories" or "--no-allow-secure"
                || argument.Contains("AllowUnauthenticated=", StringComparison.OrdinalIgnoreCase) || argument.Contains("AllowInsecureRepositories=", StringComparison.OrdinalIgnoreCase)),
            "apk" => command.Arguments.FirstOrDefault(argument => argument == "--allow-untrusted"),
            "yum" or "dnf" or "microdnf" or "tdnf" => command.Arguments.FirstOrDefault(argument => argument is "--nogpgcheck" or "--no-gpgchecks" || argument.StartsWith("--setopt=gpgcheck=0", StringComparison.Ordinal) || argument.StartsWith("--setopt=sslverify=0", StringComparison.Ordinal)),
            "zypper" => command.Arguments.FirstOrDefault(argument => argument is "--no-gpg-checks" or "--allow-unsigned-rpm"),
            "rpm" => command.Arguments.FirstOrDefault(argument => argument is "--nosignature" or "--nodigest"),
            "echo" or "printf" or "sed" or "tee" or "cat" => command.Arguments.Any(argument => argument.Contains("trusted=yes", StringComparison.OrdinalIgnoreCase)) ? "trusted=yes"
                : command.Arguments.Any(argument => argument.Contains("gpgcheck=0", StringComparison.OrdinalIgnoreCase)) ? "gpgcheck=0" : null,
            _ => null,
        };
        return flag is null ? null : $"{flag} takes packages that nobody signed.";
    }
}
