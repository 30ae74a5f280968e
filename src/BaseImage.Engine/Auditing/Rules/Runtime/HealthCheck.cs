using System.Globalization;
using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5011: the health check succeeds.</summary>
internal sealed class HealthCheck : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5011",
        Title = "The health check comes to healthy",
        Severity = Severity.High,
        Category = "Run time",
        Rationale = "An orchestrator ends and replaces what does not become healthy, again and again; a health check whose program is missing from the image (curl, a shell) never can. "
            + "The configured command is run in the running container as its user, without waiting for the configured interval, until it succeeds or the time to be ready is over (15 seconds unless another is given). "
            + "The row says what the last attempt said.",
        Remediation = "Let the program answer for its own health (a flag of the service itself needs no shell and no curl), and try the command in a container of the image.",
        References = ["Docker Image Specification 1.2, Healthcheck", "CIS Docker Benchmark 4.6", "CIS Docker Benchmark 5.26"],
        Equivalent = ["cis-docker:5.26"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        if (ServiceRunner.HealthCommand(facts.Config.Healthcheck) is not { } command)
        {
            return RuleOutcome.Skip("The image has no health check.");
        }

        if (service.Health is not { } health)
        {
            return NotToTheEnd(service) ?? throw new RunNotObservedException("The health check was not made.");
        }

        string words = string.Join(' ', command);
        string said = health.Output.Length == 0 ? "" : $"; it says: {health.Output}";
        List<RuleFinding> findings = [];
        if (health.IsMissing)
        {
            findings.Add(new RuleFinding(Path(runtime), $"The health check's program cannot be executed: {words}{said}", Key: "missing"));
        }
        else if (!health.IsHealthy)
        {
            string how = health.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"ended with code {code}") : "did not end";
            findings.Add(new RuleFinding(Path(runtime), string.Create(CultureInfo.InvariantCulture, $"It never becomes healthy: the last of {health.Checks} checks ({words}) {how}{said}"), Key: "unhealthy"));
        }

        return RuleOutcome.Of(findings, string.Create(CultureInfo.InvariantCulture, $"It is healthy at check {health.Checks}."), failing => failing[0].Message.TrimEnd('.') + ".");
    }
}
