using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5012: the program is ready in time.</summary>
internal sealed class Readiness : ServiceRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5012",
        Title = "Is ready in time",
        Severity = Severity.Medium,
        Category = "Run time",
        Rationale = "What takes long to start cannot be replaced quickly, and what never listens serves nobody. The program is ready when its health check succeeds and one of the exposed TCP ports listens "
            + "(each of those that were named, where some were). The time is the kernel's, from the start of the container's first process; the limit is 15 seconds unless another is given. "
            + "The container has no network, so a program that waits for another service is not ready here.",
        Remediation = "Listen before doing what takes time, expose only ports that the program opens, and give the time that it needs with -ReadySeconds.",
        References = ["NIST SP 800-190 4.1.2", "Kubernetes documentation, Liveness, Readiness and Startup Probes"],
    };

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(ServiceObservation service, RuntimeFacts runtime, ImageFacts facts)
    {
        bool hasHealth = ServiceRunner.HealthCommand(facts.Config.Healthcheck) is not null;
        if (service.EndedEarly == "before it was ready")
        {
            return NotToTheEnd(service)!;
        }

        if (service.Awaited.Count == 0 && !hasHealth)
        {
            return RuleOutcome.Skip("The image exposes no TCP port and has no health check, so nothing says when it is ready.");
        }

        TimeSpan limit = runtime.Request?.Ready ?? TimeSpan.Zero;
        string ports = string.Join(", ", service.Awaited);
        string why = service is { Health.IsHealthy: false } ? "its health check does not succeed" : $"nothing listens on {ports}/tcp";
        return RuleOutcome.Of(
            service.ReadyAfter is not null ? [] : [new RuleFinding(Path(runtime), $"It is not ready within {Seconds(limit)}: {why}{Said(service)}", Key: "ready")],
            $"It is ready {Seconds(service.ReadyAfter ?? TimeSpan.Zero)} after its start, or sooner.",
            failing => failing[0].Message + ".");
    }
}
