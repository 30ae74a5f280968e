using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6055: HEALTHCHECK is there.</summary>
internal sealed class HealthcheckPresent : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6055",
        Title = "HEALTHCHECK is there",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "Docker restarts what a health check finds dead and routes to what it finds ready; without one a program that hangs counts as running. "
            + "Kubernetes has its own probes and ignores this, so that it is a note.",
        Remediation = "Write HEALTHCHECK CMD with a check that needs no shell, or HEALTHCHECK NONE to say that none is wanted.",
        References = ["CIS Docker Benchmark 4.6", "Dockerfile reference, HEALTHCHECK"],
        Equivalent = ["hadolint:DL3057", "cis-docker:4.6", "dockle:CIS-DI-0006"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Last is { } last && !facts.Shipped.Any(stage => stage.Instructions.Any(instruction => instruction.Name == "HEALTHCHECK")) ? [At(last.From, "No HEALTHCHECK says whether the container works.")] : [];
}
