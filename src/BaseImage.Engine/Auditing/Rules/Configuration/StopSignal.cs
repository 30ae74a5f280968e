namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1012: the stop signal is one, and can be caught.</summary>
internal sealed class StopSignal : ListingRule
{
    private static readonly HashSet<string> Names = new(
        ["ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "EMT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "UNUSED", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "KILL", "STOP"],
        StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1012",
        Title = "The stop signal can be caught",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "The stop signal asks a service to finish what it has begun. SIGKILL and SIGSTOP cannot be heard, so every stop loses work; a name that is "
            + "no signal makes some engines refuse to stop the container and others kill it.",
        Remediation = "Leave the signal at SIGTERM, or name the one that the service takes for a graceful end: STOPSIGNAL SIGQUIT.",
        References = ["Dockerfile reference, STOPSIGNAL", "signal(7)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "The stop signal can be caught.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("stop signal is wrong", "stop signals are wrong");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        if (facts.Config.StopSignal is not { Length: > 0 } signal)
        {
            return [];
        }

        string name = signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? signal[3..] : signal;
        return name.ToUpperInvariant() is "KILL" or "STOP" or "9" or "19" ? [new RuleFinding("", $"The stop signal {signal} cannot be caught: the service is cut off.", Key: "stopsignal")]
            : IsSignal(name) ? []
            : [new RuleFinding("", $"The stop signal '{signal}' is none.", Key: "stopsignal")];
    }

    // Real-time signals are counted from either end: RTMIN+3, RTMAX-1.
    private static bool IsSignal(string name)
    {
        if (Names.Contains(name))
        {
            return true;
        }

        string offset = name.StartsWith("RTMIN", StringComparison.OrdinalIgnoreCase) || name.StartsWith("RTMAX", StringComparison.OrdinalIgnoreCase) ? name[5..] : name;
        return (offset.Length == 0 && name.Length > 0) || (AccountFiles.TryNumber(offset, out long number) && (offset == name ? number is >= 1 and <= 64 : Math.Abs(number) <= 30));
    }
}
