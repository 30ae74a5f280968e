using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6007: FROM names a tag.</summary>
internal sealed class BaseTagged : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6007",
        Title = "FROM names a tag",
        Severity = Severity.Medium,
        Category = "Reproducibility",
        Rationale = "Without a tag the builder takes latest, whatever that is on the day: two builds of the same file differ, and nobody sees why.",
        Remediation = "Write the tag, better with its digest: FROM debian:12.8-slim@sha256:….",
        References = ["Dockerfile reference, FROM", "CIS Docker Benchmark 4.2"],
        Equivalent = ["hadolint:DL3006"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            if (ImageNames.Of(facts, stage) is { } name && !name.StartsWith('$') && !name.Contains("${", StringComparison.Ordinal) && !ImageNames.HasDigest(name) && ImageNames.Tag(name) is null)
            {
                yield return At(stage.From, $"{name} has no tag.");
            }
        }
    }
}
