namespace BaseImage.Engine.Auditing.Rules.Programs;

/// <summary>BI3008: there is no server through which one could log in.</summary>
internal sealed class LoginServers : NamedPrograms
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3008",
        Title = "No server to log in",
        Severity = Severity.High,
        Category = "Packages",
        Rationale = "A second door beside the service: it needs accounts, keys and updates of its own, and what is done through it no image describes. Administration "
            + "goes through the engine or the orchestrator, which know who did it.",
        Remediation = "Uninstall the server; use the orchestrator's exec or a debug container.",
        References = ["NIST SP 800-190 4.4.3", "CIS Docker Benchmark 5.7"],
        Equivalent = ["cis-docker:5.7"],
    };

    /// <inheritdoc/>
    protected override string Passed => "There is no server to log in.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("server to log in is there", "servers to log in are there");

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sshd"] = "an SSH server", ["dropbear"] = "an SSH server", ["tinysshd"] = "an SSH server", ["lshd"] = "an SSH server",
        ["telnetd"] = "a telnet server", ["in.telnetd"] = "a telnet server", ["utelnetd"] = "a telnet server", ["telnetd-ssl"] = "a telnet server",
        ["in.rshd"] = "a server of the r commands", ["in.rlogind"] = "a server of the r commands", ["in.rexecd"] = "a server of the r commands", ["rshd"] = "a server of the r commands",
        ["rlogind"] = "a server of the r commands", ["rexecd"] = "a server of the r commands", ["vsftpd"] = "an FTP server", ["proftpd"] = "an FTP server",
        ["pure-ftpd"] = "an FTP server", ["in.ftpd"] = "an FTP server", ["ftpd"] = "an FTP server", ["in.tftpd"] = "an FTP server",
        ["atftpd"] = "an FTP server", ["Xvnc"] = "a remote desktop", ["x11vnc"] = "a remote desktop", ["vncserver"] = "a remote desktop",
        ["xrdp"] = "a remote desktop", ["tigervncserver"] = "a remote desktop", ["Xtigervnc"] = "a remote desktop", ["ttyd"] = "a web terminal",
        ["wetty"] = "a web terminal", ["gotty"] = "a web terminal", ["shellinaboxd"] = "a web terminal", ["webmin"] = "a remote administration",
        ["cockpit-ws"] = "a remote administration", ["guacd"] = "a remote administration",
    };
}
