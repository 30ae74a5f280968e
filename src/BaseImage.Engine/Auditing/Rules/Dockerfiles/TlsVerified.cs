using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6112: certificates are checked.</summary>
internal sealed class TlsVerified : DockerfileRule
{
    private static bool TurnsOff(string name, string value) => name switch
    {
        "NODE_TLS_REJECT_UNAUTHORIZED" or "PYTHONHTTPSVERIFY" => value.Trim('"', '\'') == "0",
        "GIT_SSL_NO_VERIFY" => value.Trim('"', '\'') is not ("" or "0" or "false"),
        "PIP_TRUSTED_HOST" => value.Length > 0,
        "NPM_CONFIG_STRICT_SSL" or "npm_config_strict_ssl" or "YARN_STRICT_SSL" => value.Trim('"', '\'').Equals("false", StringComparison.OrdinalIgnoreCase),
        "GONOSUMCHECK" or "GOINSECURE" => value.Length > 0,
        _ => false,
    };

    private static string? Switch(ShellCommand command) => command.Name switch
    {
        "curl" => command.Arguments.FirstOrDefault(argument => argument is "--insecure" or "--proxy-insecure" || (IsShort(argument) && argument.Contains('k', StringComparison.Ordinal) && !argument[..argument.IndexOf('k', StringComparison.Ordinal)].Any("oHdXeuAbcmrTwx".Contains))),
        "wget" => command.Arguments.FirstOrDefault(argument => argument == "--no-check-certificate"),
        "npm" or "yarn" or "pnpm" => PackageCommands.Follows(command.Arguments, "strict-ssl", "false") ? "strict-ssl false" : command.Arguments.FirstOrDefault(argument => argument is "--strict-ssl=false" or "strict-ssl=false"),
        "git" => PackageCommands.Follows(command.Arguments, "http.sslVerify", "false") || command.Arguments.Any(argument => argument.StartsWith("http.sslVerify=", StringComparison.OrdinalIgnoreCase) && argument.EndsWith("false", StringComparison.OrdinalIgnoreCase)) ? "http.sslVerify false" : null,
        "ssh" or "scp" or "sftp" => command.Arguments.Any(argument => argument.Contains("StrictHostKeyChecking=no", StringComparison.OrdinalIgnoreCase)) ? "StrictHostKeyChecking=no" : null,
        _ => PackageCommands.IsPipInstall(command) ? command.Arguments.FirstOrDefault(argument => argument.StartsWith("--trusted-host", StringComparison.Ordinal)) : null,
    };

    private static bool IsShort(string argument) => argument.Length > 1 && argument[0] == '-' && argument[1] != '-';

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6112",
        Title = "Certificates are checked",
        Severity = Severity.High,
        Category = "Trust",
        Rationale = "Without its check a certificate says nothing: anybody on the way decides what is downloaded, and what is run of it. A variable that turns "
            + "it off holds for the container too.",
        Remediation = "Put the authority's certificate into the image, and leave the switch out.",
        References = ["CIS Docker Benchmark 4.11", "NIST SP 800-190 4.1.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (ShellCommand command in facts.Runs.SelectMany(run => run.Script.Commands))
        {
            string? found = Switch(command) ?? command.Assignments.Concat(command.Name is "export" or "env" ? command.Arguments : []).FirstOrDefault(pair => pair.Split('=', 2) is [var name, var value] && TurnsOff(name, value));
            if (found is not null)
            {
                yield return At(command.Line, $"{(command.Name.Length > 0 ? command.Name + " " : "")}{found} checks no certificate.");
            }
        }

        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name is "ENV" or "ARG"))
        {
            for (int i = 0; i < instruction.Pairs.Count; i++)
            {
                if (facts.Values[instruction].Arguments is { } values && i < values.Count && values[i] is { } value && TurnsOff(instruction.Pairs[i].Name, value))
                {
                    yield return At(instruction, $"{instruction.Pairs[i].Name} turns the check of certificates off.");
                }
            }
        }
    }
}
