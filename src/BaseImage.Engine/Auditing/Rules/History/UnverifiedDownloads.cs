using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1035: no step turns verification off.</summary>
internal sealed class UnverifiedDownloads : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1035",
        Title = "Downloads and packages are verified",
        Severity = Severity.Medium,
        Category = "History",
        Rationale = "--allow-unauthenticated, --nogpgcheck, --allow-untrusted, --trusted-host, curl -k and their like take packages and files from whoever "
            + "answers. What came that way is in the image, and nothing in it can tell later.",
        Remediation = "Install the key or the authority that is missing, and drop the option.",
        References = ["CIS Docker Benchmark 4.11", "CWE-295", "CWE-347"],
        Equivalent = ["cis-docker:4.11"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No step turns verification off.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step turns verification off", "steps turn verification off");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => HistorySteps.Of(facts).SelectMany(step => step.Commands.Select(Judge).OfType<string>().Distinct(StringComparer.Ordinal).Select(what => new RuleFinding("", $"Step {step.Number} runs '{what}'.", Key: step.Key + ":" + what)));

    private static string? Judge(ShellCommand command)
    {
        string? option = command.Name switch
        {
            "apt-get" or "apt" or "aptitude" => command.Arguments.FirstOrDefault(argument => argument is "--allow-unauthenticated" or "--force-yes" or "--allow-insecure-repositories" || argument.StartsWith("APT::Get::AllowUnauthenticated=", StringComparison.OrdinalIgnoreCase) || argument.StartsWith("Acquire::AllowInsecureRepositories=", StringComparison.OrdinalIgnoreCase)
                || argument.StartsWith("-oAPT::Get::AllowUnauthenticated=", StringComparison.OrdinalIgnoreCase) || argument.EndsWith("::Verify-Peer=false", StringComparison.OrdinalIgnoreCase)),
            "apk" => Any(command, "--allow-untrusted"),
            "yum" or "dnf" or "microdnf" => Any(command, "--nogpgcheck", "--setopt=sslverify=false", "--setopt=sslverify=0"),
            "zypper" => Any(command, "--no-gpg-checks", "--no-gpgcheck"),
            "rpm" => Any(command, "--nosignature", "--nodigest", "--noverify"),
            "dpkg" => Any(command, "--force-bad-verify"),
            "pip" or "pip3" => Any(command, "--trusted-host"),
            "uv" => Any(command, "--allow-insecure-host"),
            "curl" => command.HasFlag("k", "insecure", "proxy-insecure", "doh-insecure") && !command.Arguments.Any(argument => argument.StartsWith('-') && !argument.StartsWith("--", StringComparison.Ordinal) && argument.Contains('o', StringComparison.Ordinal) && argument.IndexOf('k', StringComparison.Ordinal) > argument.IndexOf('o', StringComparison.Ordinal)) ? "-k" : null,
            "wget" => Any(command, "--no-check-certificate"),
            "git" => command.Arguments.FirstOrDefault(argument => argument.Equals("http.sslVerify=false", StringComparison.OrdinalIgnoreCase)) ?? (command.Arguments.Contains("http.sslVerify", StringComparer.OrdinalIgnoreCase) && command.Arguments.Contains("false", StringComparer.OrdinalIgnoreCase) ? "config http.sslVerify false" : null),
            "npm" => Any(command, "--strict-ssl=false") ?? (command.Arguments.Contains("strict-ssl", StringComparer.Ordinal) && command.Arguments.Contains("false", StringComparer.Ordinal) ? "config set strict-ssl false" : null),
            "gem" => command.Values("P", "trust-policy").Contains("NoSecurity", StringComparer.Ordinal) ? "-P NoSecurity" : null,
            "ssh" or "scp" or "rsync" => command.Arguments.FirstOrDefault(argument => argument.Contains("StrictHostKeyChecking=no", StringComparison.OrdinalIgnoreCase)),
            _ => null,
        };
        return option is null ? null : $"{command.Name} {option}";
    }

    private static string? Any(ShellCommand command, params string[] options) => command.Arguments.FirstOrDefault(argument => options.Contains(argument, StringComparer.OrdinalIgnoreCase) || options.Any(option => option.StartsWith("--trusted-host", StringComparison.Ordinal) && argument.StartsWith(option + "=", StringComparison.Ordinal)));
}
