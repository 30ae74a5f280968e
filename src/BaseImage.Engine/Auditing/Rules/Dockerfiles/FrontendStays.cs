using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6127: DEBIAN_FRONTEND does not stay.</summary>
internal sealed class FrontendStays : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6127",
        Title = "DEBIAN_FRONTEND does not stay",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "ENV holds for the container too: whoever works in it by hand, or installs something there, gets silence in place of questions. A build "
            + "needs it for its own time alone.",
        Remediation = "Write ARG DEBIAN_FRONTEND=noninteractive, or set it in front of apt-get.",
        References = ["Dockerfile reference, ENV", "Docker documentation, Building best practices"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Shipped.SelectMany(stage => stage.Instructions).Where(instruction => instruction.Name == "ENV" && instruction.Pairs.Any(pair => pair.Name == "DEBIAN_FRONTEND")).Select(instruction => At(instruction, "DEBIAN_FRONTEND stays in the image."));
}
