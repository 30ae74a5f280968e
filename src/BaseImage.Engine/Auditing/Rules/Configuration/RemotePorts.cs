namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1009: no exposed port is one by which machines are administered or debugged.</summary>
internal sealed class RemotePorts : ListingRule
{
    private static readonly Dictionary<int, string> Services = new()
    {
        [21] = "ftp", [22] = "ssh", [23] = "telnet", [69] = "tftp", [111] = "the port mapper", [512] = "rexec", [513] = "rlogin", [514] = "rsh", [2222] = "ssh's second port", [2375] = "the Docker engine without TLS",
        [2376] = "the Docker engine", [2379] = "etcd", [2380] = "etcd", [3389] = "a remote desktop", [5005] = "Java's debugger", [5678] = "Python's debugger", [5900] = "VNC", [5985] = "Windows remote management",
        [5986] = "Windows remote management", [6000] = "X11", [9229] = "Node's debugger", [10250] = "the kubelet",
    };

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1009",
        Title = "No ports for remote administration",
        Severity = Severity.Medium,
        Category = "Configuration",
        Rationale = "A container is replaced and not logged into: a port for ssh, telnet, a remote desktop, a debugger or an engine's or cluster's own interface "
            + "is a second way in, beside the service's, that nobody watches. Where the policy lists AllowedPorts, what it lists is right and every other "
            + "port is reported.",
        Remediation = "Leave the daemon and its port out; use exec, logs and ephemeral debug containers of the platform. Or list the port in Limits.AllowedPorts.",
        References = ["CIS Docker Benchmark 5.6 and 5.8", "NIST SP 800-190 4.4.2"],
        Equivalent = ["cis-docker:5.6", "hadolint:DL3011"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No port of remote administration is exposed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("exposed port should not be there", "exposed ports should not be there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IReadOnlyList<string>? allowed = facts.Limits.AllowedPorts;
        foreach (string exposed in facts.Config.ExposedPorts)
        {
            (int number, string protocol) = PortText.Parse(exposed);
            string full = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}/{protocol}");
            if (allowed is not null)
            {
                if (!allowed.Contains(full, StringComparer.OrdinalIgnoreCase) && !allowed.Contains(exposed, StringComparer.OrdinalIgnoreCase))
                {
                    yield return new RuleFinding("", $"Port {exposed} is exposed, which the policy does not allow.", Key: "port:" + exposed);
                }
            }
            else if (Services.TryGetValue(number, out string? service))
            {
                yield return new RuleFinding("", $"Port {exposed} is exposed: {service}.", Key: "port:" + exposed);
            }
        }
    }
}
