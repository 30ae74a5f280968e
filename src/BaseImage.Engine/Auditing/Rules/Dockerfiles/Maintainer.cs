using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6066: no MAINTAINER.</summary>
internal sealed class Maintainer : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6066",
        Title = "No MAINTAINER",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "MAINTAINER is deprecated since 2016: it sets a field that tools no longer read, and has no place for anything but a name.",
        Remediation = "Write LABEL org.opencontainers.image.authors.",
        References = ["Dockerfile reference, MAINTAINER"],
        Equivalent = ["hadolint:DL4000", "buildkit:MaintainerDeprecated"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name == "MAINTAINER").Select(instruction => At(instruction, "MAINTAINER is deprecated."));
}
