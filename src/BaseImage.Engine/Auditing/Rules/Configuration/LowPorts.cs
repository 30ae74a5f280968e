namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1010: exposed ports are ports, and such that the image's user may open them.</summary>
internal sealed class LowPorts : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1010",
        Title = "Ports that its user may open",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "A port below 1024 needs a capability or a setting of the kernel that not every platform gives: an image that runs as a user and listens "
            + "there works on one and fails on another, or is given NET_BIND_SERVICE for nothing. What is no port from 1 to 65535, or of an unknown "
            + "protocol, is a mistake.",
        Remediation = "Listen on a port above 1023 and let the platform map it: EXPOSE 8080.",
        References = ["CIS Docker Benchmark 5.7", "capabilities(7), CAP_NET_BIND_SERVICE", "ip(7), ip_unprivileged_port_start"],
        Equivalent = ["cis-docker:5.7", "hadolint:DL3011"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "The exposed ports can be opened by the image's user.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("exposed port is doubtful", "exposed ports are doubtful");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        bool isRoot = facts.Platform.Os == "windows" || RunUser.Of(facts).IsRoot;
        foreach (string exposed in facts.Config.ExposedPorts)
        {
            (int number, string protocol) = PortText.Parse(exposed);
            if (number is < 1 or > 65535 || protocol is not ("tcp" or "udp" or "sctp"))
            {
                yield return new RuleFinding("", $"'{exposed}' is no port.", Key: "port:" + exposed);
            }
            else if (number < 1024 && !isRoot)
            {
                yield return new RuleFinding("", $"Port {exposed} is below 1024, and the image's user is not root.", Key: "port:" + exposed);
            }
        }
    }
}
