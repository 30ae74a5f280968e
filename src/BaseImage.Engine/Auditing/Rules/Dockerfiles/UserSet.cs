using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6101: the image names a user.</summary>
internal sealed class UserSet : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6101",
        Title = "The image names a user",
        Severity = Severity.Medium,
        Category = "Identity",
        Rationale = "Without USER a container runs as the base image says, which is root more often than not. A base whose name says nonroot sets one itself; of "
            + "any other base only the image knows, so that it is told with less weight.",
        Remediation = "Create a user, and end the last stage with USER and its number.",
        References = ["CIS Docker Benchmark 4.1", "NIST SP 800-190 4.4.3"],
        Equivalent = ["cis-docker:4.1", "dockle:CIS-DI-0001"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        if (facts.Last is null || facts.Shipped.Any(stage => stage.Instructions.Any(instruction => instruction.Name == "USER")))
        {
            return [];
        }

        DockerfileStage origin = facts.Last.Chain.Last();
        string source = origin.Base?.Text ?? "";
        return DockerfileFacts.IsWindows(facts.Last) || source.Contains("nonroot", StringComparison.OrdinalIgnoreCase) || source.Contains("rootless", StringComparison.OrdinalIgnoreCase) || source.Contains("chainguard", StringComparison.OrdinalIgnoreCase) || source.Contains("unprivileged", StringComparison.OrdinalIgnoreCase) || source.Contains('$', StringComparison.Ordinal)
            ? [] : [At(facts.Last.From, "No USER says who the container runs as.", source == "scratch" ? null : Severity.Low)];
    }
}
