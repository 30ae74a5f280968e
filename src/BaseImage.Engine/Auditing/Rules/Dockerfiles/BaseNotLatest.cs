using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6008: FROM does not name latest.</summary>
internal sealed class BaseNotLatest : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6008",
        Title = "FROM does not name latest",
        Severity = Severity.Medium,
        Category = "Reproducibility",
        Rationale = "latest is a tag like any other and moves without notice; the next build may start from another release, another distribution or another architecture.",
        Remediation = "Write the release that was tested, with its digest.",
        References = ["Dockerfile reference, FROM", "CIS Docker Benchmark 4.2"],
        Equivalent = ["hadolint:DL3007", "dockle:DKL-DI-0006"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            if (ImageNames.Of(facts, stage) is { } name && !ImageNames.HasDigest(name) && ImageNames.Tag(name) == "latest")
            {
                yield return At(stage.From, $"{name} moves.");
            }
        }
    }
}
