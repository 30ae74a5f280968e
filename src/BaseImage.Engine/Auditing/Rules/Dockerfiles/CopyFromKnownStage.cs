using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6022: COPY --from names a stage or an image.</summary>
internal sealed class CopyFromKnownStage : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6022",
        Title = "COPY --from names a stage or an image",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A name that no earlier stage has is taken for an image and fetched from a registry: a typing error brings somebody else's files. A number "
            + "counts stages from 0. Mounts are read the same way.",
        Remediation = "Name a stage above, or an image with its tag and digest.",
        References = ["Dockerfile reference, COPY --from"],
        Equivalent = ["hadolint:DL3022"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            foreach (DockerfileInstruction instruction in stage.Instructions.Select(one => one.Trigger is null ? one : one.Trigger))
            {
                IEnumerable<string?> sources = instruction.Name == "COPY" ? [instruction.Flag("from")]
                    : instruction.Name == "RUN" ? instruction.Flags.Where(flag => flag is { Name: "mount", Value: not null }).Select(flag => RunMount.Parse(flag.Value!).From) : [];
                foreach (string source in sources.OfType<string>().Select(Archives.Unquoted).Where(source => source.Length > 0))
                {
                    if (source != "scratch" && source.AsSpan().IndexOfAny(":/@$") < 0 && StageBuilder.Find(facts.Stages, stage.Index, source) is null && !source.Equals(stage.Name, StringComparison.OrdinalIgnoreCase))
                    {
                        yield return At(instruction, $"No stage above is called {source}.");
                    }
                }
            }
        }
    }
}
