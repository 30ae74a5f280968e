namespace BaseImage.Engine.Auditing.Rules.Programs;

/// <summary>BI3006: there is no tool that fetches, listens, scans or tunnels.</summary>
internal sealed class NetworkTools : NamedPrograms
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3006",
        Title = "No network tool",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "What fetches, listens, scans or tunnels is what an attacker uses second, after the shell: to bring tools, to reach other hosts, to carry data "
            + "away. A service has its own client in its code. Programs that only fetch (curl, wget) are Low, since many an image uses one for its health check.",
        Remediation = "Leave the tool out; look at a running container's network from a debug container, and let the program check its own health.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3", "MITRE ATT&CK T1105"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    protected override string Passed => "There is no network tool.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("network tool is there", "network tools are there");

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["curl"] = "a program that fetches", ["wget"] = "a program that fetches", ["wget2"] = "a program that fetches", ["aria2c"] = "a program that fetches",
        ["lftp"] = "a program that fetches", ["ftp"] = "a program that fetches", ["tftp"] = "a program that fetches", ["httpie"] = "a program that fetches",
        ["axel"] = "a program that fetches", ["fetch"] = "a program that fetches", ["nc"] = "netcat", ["ncat"] = "netcat",
        ["netcat"] = "netcat", ["socat"] = "netcat", ["pwncat"] = "netcat", ["nmap"] = "a scanner",
        ["masscan"] = "a scanner", ["zmap"] = "a scanner", ["hping3"] = "a scanner", ["arping"] = "a scanner",
        ["fping"] = "a scanner", ["nping"] = "a scanner", ["nikto"] = "a scanner", ["tcpdump"] = "a sniffer",
        ["tshark"] = "a sniffer", ["ngrep"] = "a sniffer", ["dumpcap"] = "a sniffer", ["wireshark"] = "a sniffer",
        ["iftop"] = "a sniffer", ["ettercap"] = "a sniffer", ["ssh"] = "a client to log in elsewhere", ["scp"] = "a client to log in elsewhere",
        ["sftp"] = "a client to log in elsewhere", ["telnet"] = "a client to log in elsewhere", ["rsh"] = "a client to log in elsewhere", ["rlogin"] = "a client to log in elsewhere",
        ["rcp"] = "a client to log in elsewhere", ["mosh"] = "a client to log in elsewhere", ["dbclient"] = "a client to log in elsewhere", ["sshpass"] = "a client to log in elsewhere",
        ["stunnel"] = "a tunnel", ["stunnel4"] = "a tunnel", ["openvpn"] = "a tunnel", ["wg"] = "a tunnel",
        ["chisel"] = "a tunnel", ["ngrok"] = "a tunnel", ["frpc"] = "a tunnel", ["proxychains"] = "a tunnel",
        ["proxychains4"] = "a tunnel", ["sshuttle"] = "a tunnel", ["cloudflared"] = "a tunnel", ["tor"] = "a tunnel",
        ["iptables"] = "a tool of the network", ["nft"] = "a tool of the network", ["ip6tables"] = "a tool of the network", ["traceroute"] = "a tool of the network",
        ["mtr"] = "a tool of the network", ["iperf"] = "a tool of the network", ["iperf3"] = "a tool of the network", ["rsync"] = "a tool of the network",
        ["rclone"] = "a tool of the network", ["dig"] = "a tool of names", ["nslookup"] = "a tool of names", ["host"] = "a tool of names",
        ["drill"] = "a tool of names",
    };

    /// <inheritdoc/>
    protected override IReadOnlySet<string> Lesser { get; } = new HashSet<string>(["curl", "wget", "wget2", "rsync", "dig", "nslookup", "host", "drill", "traceroute", "fetch"], StringComparer.Ordinal);
}
