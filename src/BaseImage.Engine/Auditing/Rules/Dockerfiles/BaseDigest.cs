using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6102: FROM names a digest.</summary>
internal sealed class BaseDigest : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6102",
        Title = "FROM names a digest",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "A tag names another image whenever its owner pushes one; a digest names the same bytes for ever, which is what a signature and a review are "
            + "about. Images that are copied from, or mounted, count too.",
        Remediation = "Write FROM name:tag@sha256:…, and let a tool move the digest.",
        References = ["CIS Docker Benchmark 4.5", "CIS Docker Benchmark 4.2", "NIST SP 800-190 4.1.5"],
        Equivalent = ["cis-docker:4.5"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            if (ImageNames.Of(facts, stage) is { } name && !ImageNames.HasDigest(name) && !name.Contains('$', StringComparison.Ordinal))
            {
                yield return At(stage.From, $"{name} has no digest.");
            }

            foreach (DockerfileInstruction copy in stage.Instructions.Where(one => one.Name == "COPY"))
            {
                string? source = copy.Flag("from");
                if (source is not null && source.AsSpan().IndexOfAny(":/") >= 0 && !ImageNames.HasDigest(source) && !source.Contains('$', StringComparison.Ordinal) && StageBuilder.Find(facts.Stages, stage.Index, source) is null)
                {
                    yield return At(copy, $"{source} has no digest.");
                }
            }
        }
    }
}
