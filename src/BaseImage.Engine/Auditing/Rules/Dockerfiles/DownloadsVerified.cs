using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6125: downloads are checked.</summary>
internal sealed class DownloadsVerified : RunRule
{
    private static bool Verifies(ShellCommand command) => command.Name is "sha256sum" or "sha512sum" or "sha384sum" or "sha224sum" or "b2sum" or "shasum" or "sha1sum" or "md5sum" or "gpg" or "gpgv" or "gpg2" or "cosign" or "minisign" or "signify" or "rpmkeys" or "slsa-verifier" or "notation"
        || (command.Name == "openssl" && command.Has("dgst", "sha256", "cms", "smime", "sha512"));

    // A key is checked by what it signs.
    private static bool IsKey(string argument) => argument.EndsWith(".asc", StringComparison.Ordinal) || argument.EndsWith(".gpg", StringComparison.Ordinal) || argument.EndsWith(".key", StringComparison.Ordinal) || argument.EndsWith(".sig", StringComparison.Ordinal) || argument.Contains("/keyrings/", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6125",
        Title = "Downloads are checked",
        Severity = Severity.Medium,
        Category = "Trust",
        Rationale = "A file from the web is what its server gives on the day of the build. A sum or a signature in the same RUN holds it to what was reviewed; a "
            + "commit's digits, or a package manager, do too.",
        Remediation = "Write echo 'sum  file' | sha256sum -c -, gpg --verify, or use ADD --checksum.",
        References = ["CIS Docker Benchmark 4.12", "CIS Docker Benchmark 4.11", "NIST SP 800-190 4.1.3"],
        Equivalent = ["cis-docker:4.12"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        if (run.Script.Commands.Any(Verifies))
        {
            yield break;
        }

        foreach (ShellCommand command in run.Script.Commands.Where(command => command.Name is "curl" or "wget"))
        {
            // What only asks for a status, or is read by another command of the script, brings no file.
            bool piped = command.FeedsPipe && run.Script.Commands.Any(other => other.Pipeline == command.Pipeline && other.Name is "tar" or "gunzip" or "unzip" or "bsdtar" or "dpkg" && other.Pipeline == command.Pipeline);
            bool saves = command.Name == "wget" ? !command.HasFlag("spider") && !command.Has("-O-", "-qO-", "-nv-O-") && !(command.HasFlag("O") && command.Has("-", "/dev/stdout")) && command.Operands.Count > 0
                : command.HasFlag("o", "O", "output", "remote-name", "remote-name-all", "output-dir") && !command.Has("/dev/null") || command.Redirections.Any(redirection => redirection.Operator[0] == '>' && redirection.Target is not "/dev/null");
            if ((saves || piped) && command.Arguments.Any(argument => argument.Contains("://", StringComparison.Ordinal) || argument.StartsWith('$')) && !command.Arguments.Any(IsKey))
            {
                yield return At(command, $"Nothing checks what {command.Name} downloads.");
            }
        }
    }
}
