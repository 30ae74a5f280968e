using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6116: every stage is used.</summary>
internal sealed class StagesUsed : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6116",
        Title = "Every stage is used",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "A stage that no other one starts from, copies from or mounts is built by nobody, unless it is asked for by --target, as stages for tests "
            + "are. This only lists them.",
        Remediation = "Leave the stage out, or say in a comment which build asks for it.",
        References = ["Dockerfile reference, FROM"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        HashSet<DockerfileStage> used = [.. facts.Shipped, .. facts.Stages.Select(stage => stage.Parent).OfType<DockerfileStage>()];
        foreach (DockerfileStage stage in facts.Stages)
        {
            foreach (DockerfileInstruction instruction in stage.Instructions.Select(one => one.Trigger ?? one))
            {
                IEnumerable<string?> sources = instruction.Flags.Select(flag => flag.Name == "from" ? flag.Value : flag is { Name: "mount", Value: not null } ? RunMount.Parse(flag.Value).From : null);
                used.UnionWith(sources.OfType<string>().Select(source => StageBuilder.Find(facts.Stages, stage.Index, Archives.Unquoted(source))).OfType<DockerfileStage>());
            }
        }

        foreach (DockerfileStage stage in facts.Stages.Where(stage => !used.Contains(stage)))
        {
            yield return At(stage.From, $"The stage {stage.Name ?? stage.Index.ToString(System.Globalization.CultureInfo.InvariantCulture)} is used by no other.");
        }
    }
}
