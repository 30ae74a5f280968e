namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1004: a service says how its health is asked.</summary>
internal sealed class HealthCheck : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1004",
        Title = "Says how its health is asked",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "Without a health check an engine knows only that a process exists, not that it serves: a service that hangs is neither restarted nor taken "
            + "out of rotation. Kubernetes ignores the image's check and has its own probes, hence the low severity; for an image that exposes no port or that starts nothing, a "
            + "base, it is a note.",
        Remediation = "Add a HEALTHCHECK that asks the service itself, or suppress the rule where an orchestrator's probes do it.",
        References = ["CIS Docker Benchmark 4.6", "Docker Image Specification 1.2, Healthcheck"],
        Equivalent = ["dockle:CIS-DI-0006", "cis-docker:4.6", "hadolint:DL3057"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The image says how its health is asked.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("service has no health check", "services have no health check");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IReadOnlyList<string> test = facts.Config.Healthcheck?.Test ?? [];
        if (test.Count > 0 && test[0] != "NONE")
        {
            return [];
        }

        bool serves = facts.Config.ExposedPorts.Count > 0 && (facts.Config.Entrypoint is { Count: > 0 } || facts.Config.Cmd is { Count: > 0 });
        string what = test.Count > 0 ? "The health check of the base is turned off (NONE)." : "There is no health check.";
        return [new RuleFinding("", what, serves ? null : Severity.Info, "healthcheck")];
    }
}
