using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6113: no remote login is exposed.</summary>
internal sealed class RemoteLogin : DockerfileRule
{
    private static readonly Dictionary<string, string> Ports = new(StringComparer.Ordinal)
    {
        ["22"] = "SSH", ["23"] = "Telnet", ["512"] = "rexec", ["513"] = "rlogin", ["514"] = "rsh", ["2375"] = "the Docker API without TLS", ["3389"] = "Remote Desktop", ["5900"] = "VNC", ["5985"] = "WinRM",
    };

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6113",
        Title = "No remote login is exposed",
        Severity = Severity.Medium,
        Category = "Network",
        Rationale = "A container is entered by its engine and needs no server for it: sshd brings keys, accounts, patches and a door of its own. The Docker API "
            + "without TLS is the whole host.",
        Remediation = "Leave the server and the port out; use docker exec, or kubectl exec.",
        References = ["CIS Docker Benchmark 5.7", "CIS Docker Benchmark 4.3", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name == "EXPOSE"))
        {
            foreach (string port in facts.Values[instruction].Arguments.OfType<string>().Where(port => Ports.ContainsKey(port.Split('/')[0]) && !port.EndsWith("/udp", StringComparison.OrdinalIgnoreCase)))
            {
                yield return At(instruction, $"Port {port} is {Ports[port.Split('/')[0]]}.");
            }
        }
    }
}
