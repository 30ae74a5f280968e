using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6126: no tools that a container does not need.</summary>
internal sealed class NeededPackages : RunRule
{
    private static readonly HashSet<string> Tools = new(
        ["openssh-server", "telnet", "telnetd", "inetutils-telnet", "vim", "vim-tiny", "vim-enhanced", "nano", "emacs", "emacs-nox", "gdb", "strace", "ltrace", "tcpdump", "nmap", "netcat", "netcat-openbsd", "netcat-traditional", "nc", "ncat", "socat", "rsh-client", "ftp", "tftp", "sudo", "man-db", "less", "screen", "tmux", "hping3", "wireshark", "tshark", "dsniff", "ettercap-text-only"],
        StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6126",
        Title = "No tools that a container does not need",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "Editors, debuggers, network tools and servers for logging in help whoever broke in more than anybody else. Stages that are not shipped do not count.",
        Remediation = "Leave the package out, or keep it to a stage for debugging.",
        References = ["CIS Docker Benchmark 4.3", "NIST SP 800-190 4.1.2"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Stage is not null && !facts.Shipped.Contains(run.Stage) ? []
            : run.Script.Commands.SelectMany(command => PackageCommands.Apt(command, "apt-get", "apt", "aptitude").Concat(PackageCommands.Apk(command)).Concat(PackageCommands.Rpm(command, false, "yum", "dnf", "microdnf", "tdnf")).Concat(PackageCommands.Zypper(command)))
                .Select(word => (word.Line, Name: Plain(word.Text))).Where(word => Tools.Contains(word.Name)).Select(word => At(word.Line, $"{word.Name} is installed."));

        // name=1, name/suite, name~1, name:arch, name-1.2
        private static string Plain(string package)
        {
            string name = package.Split('=', '/', '~', ':')[0];
            int dash = name.LastIndexOf('-');
            return dash > 0 && dash + 1 < name.Length && char.IsAsciiDigit(name[dash + 1]) ? name[..dash] : name;
        }
}
