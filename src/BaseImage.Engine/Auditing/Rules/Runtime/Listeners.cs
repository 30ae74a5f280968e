using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5013: the program listens where the configuration says, and nowhere else.</summary>
internal sealed class Listeners : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5013",
        Title = "Listens only where it says",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "A port that nobody knows of is guarded by nobody: a debugger, a metrics endpoint, an admin console. Every socket that takes connections or datagrams is read from the kernel in the container's network namespace "
            + "(/proc/net/tcp, udp, unix), and held against the exposed ports and those that were named. A listener on loopback alone is a note, since only the same pod reaches it; an abstract unix socket is Low, "
            + "since every process of the network namespace reaches it whatever the file system's permissions. Exposed ports on which nothing listens are notes.",
        Remediation = "Turn the listener off or bind it to loopback, or declare it with EXPOSE (or -Port).",
        References = ["CIS Docker Benchmark 5.8", "NIST SP 800-190 4.1.2", "unix(7), abstract sockets"],
        Equivalent = ["cis-docker:5.8"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (service.Samples.Count == 0)
        {
            return NotToTheEnd(service) ?? throw new RunNotObservedException("No look at its sockets succeeded.");
        }

        HashSet<(int, string)> expected = [.. facts.Config.ExposedPorts.Concat(runtime.Request?.Ports ?? []).Select(PortText.Parse)];
        Listener[] all = [.. service.Samples.SelectMany(sample => sample.Sockets).Distinct()];
        List<RuleFinding> findings = [];
        foreach (Listener listener in all.Where(listener => !expected.Contains((listener.Port, listener.Protocol))))
        {
            Severity? severity = listener.Protocol == "unix" ? Severity.Low : listener.IsLoopback || listener.IsEphemeral ? Severity.Info : null;
            findings.Add(new RuleFinding(Path(runtime), $"It listens on {listener}, which the image does not declare.", severity, listener.Protocol == "unix" ? "unix" : $"{listener.Port.ToString(CultureInfo.InvariantCulture)}/{listener.Protocol}"));
        }

        foreach ((int port, string protocol) in expected.Where(port => port.Item1 > 0 && !all.Any(listener => (listener.Port, listener.Protocol) == port)))
        {
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"Nothing listens on {port}/{protocol}, which is declared."), Severity.Info, string.Create(CultureInfo.InvariantCulture, $"silent:{port}/{protocol}")));
        }

        string passed = all.Length == 0 ? "It listens nowhere." : $"It listens on {string.Join(", ", all.Take(5).Select(listener => listener.ToString()))}.";
        return RuleOutcome.Of(findings, passed, failing => failing.Count == 1 ? failing[0].Message : string.Create(CultureInfo.InvariantCulture, $"{failing.Count} listeners are not declared: {failing[0].Message}"));
    }
}
