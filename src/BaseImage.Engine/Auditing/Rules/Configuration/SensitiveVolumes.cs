namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1011: no volume lies over a path of the system.</summary>
internal sealed class SensitiveVolumes : ListingRule
{
    private static readonly string[] Host = ["/proc", "/sys", "/dev"];
    private static readonly string[] Sockets = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock", "dockershim.sock"];
    private static readonly HashSet<string> System = new(
        ["/", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/etc", "/boot", "/root", "/run", "/var", "/var/run", "/var/lib", "/var/lib/docker",
            "/etc/ssl", "/etc/pam.d", "/etc/sudoers.d", "/etc/cron.d", "/etc/profile.d"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1011",
        Title = "No volumes over sensitive paths",
        Severity = Severity.High,
        Category = "Configuration",
        Rationale = "What is declared a volume is mounted writable and outlives the container: over /etc, /usr or a library folder it keeps old, unpatched files "
            + "in place of the image's, and over /proc, /sys, /dev or an engine's socket it asks for the host. Those are High, other folders of the system "
            + "Medium; a relative path is a mistake.",
        Remediation = "Declare volumes for data alone, below /var/lib, /srv or /data; remove the line from the Dockerfile.",
        References = ["CIS Docker Benchmark 5.5", "NIST SP 800-190 4.4.3"],
        Equivalent = ["dockle:DKL-DI-0002", "cis-docker:5.5"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No volume lies over a path of the system.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("volume lies over a path of the system", "volumes lie over paths of the system");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (string volume in facts.Config.Volumes)
        {
            string path = "/" + string.Join('/', volume.Split('/').Where(part => part.Length > 0 && part != "."));
            bool isHost = Host.Any(place => path == place || path.StartsWith(place + "/", StringComparison.Ordinal)) || Sockets.Any(socket => path.EndsWith("/" + socket, StringComparison.Ordinal));
            if (!volume.StartsWith('/'))
            {
                yield return new RuleFinding("", $"The volume '{volume}' is not an absolute path.", Severity.Low, "volume:" + volume);
            }
            else if (isHost || System.Contains(path))
            {
                yield return new RuleFinding(path, isHost ? "is declared a volume, and belongs to the host or the kernel" : "is declared a volume, and belongs to the system", isHost ? null : Severity.Medium, "volume");
            }
        }
    }
}
