namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1041: the program of the health check is in the image.</summary>
internal sealed class HealthCheckRuns : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1041",
        Title = "The health check can run",
        Severity = Severity.Medium,
        Category = "Configuration",
        Rationale = "A health check whose program, or shell, is not in the image always fails: the container is unhealthy from its first minute, and what "
            + "restarts unhealthy containers restarts it for ever. Images that were made small lose curl and sh, and keep the check.",
        Remediation = "Let the service's own program ask (CMD [\"/app\", \"--health\"]), or add the tool that the check names.",
        References = ["Dockerfile reference, HEALTHCHECK"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The health check can run.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("health check cannot run", "health checks cannot run");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IReadOnlyList<string> test = facts.Config.Healthcheck?.Test ?? [];
        string? asked = test switch
        {
            ["CMD", var program, ..] => program,
            ["CMD-SHELL", ..] => "/bin/sh",
            _ => null,
        };
        return asked is not null && ProgramStarts.Problem(facts, StartProgram.Find(facts, asked)) is { } problem ? [new RuleFinding(asked.StartsWith('/') ? asked : "", $"cannot be run by the health check: '{asked}' {problem}", Key: "healthcheck")] : [];
    }
}
