using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6065: COPY takes no whole file system.</summary>
internal sealed class CopyWholeRoot : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6065",
        Title = "COPY takes no whole file system",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "COPY --from=stage / / brings everything of that stage, its tools, caches and secrets, over everything that is there, and breaks links and "
            + "owners of the base on its way.",
        Remediation = "Copy what is needed, or start the stage FROM the other one.",
        References = ["Dockerfile reference, COPY --from"],
        Equivalent = ["hadolint:DL3067"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name == "COPY" && instruction.HasFlag("from") && instruction.Arguments.Count > 1 && Archives.Unquoted(instruction.Arguments[^1].Text) == "/" && instruction.Arguments.SkipLast(1).Any(word => Archives.Unquoted(word.Text) == "/"))
            .Select(instruction => At(instruction, "The whole file system of another stage is copied."));
}
