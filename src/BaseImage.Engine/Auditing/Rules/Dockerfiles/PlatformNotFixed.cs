using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6029: FROM fixes no platform.</summary>
internal sealed class PlatformNotFixed : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6029",
        Title = "FROM fixes no platform",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "A platform that is written down makes every build for another one wrong, or slow by emulation. $BUILDPLATFORM and $TARGETPLATFORM are what "
            + "the flag is for.",
        Remediation = "Leave the flag out and say --platform when building, or use $BUILDPLATFORM for tools.",
        References = ["Dockerfile reference, FROM"],
        Equivalent = ["hadolint:DL3029", "buildkit:FromPlatformFlagConstDisallowed"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.Where(stage => stage.From.Flag("platform") is { } platform && !platform.Contains("BUILDPLATFORM", StringComparison.Ordinal) && !platform.Contains("TARGETPLATFORM", StringComparison.Ordinal))
            .Select(stage => At(stage.From, $"The platform is always {stage.From.Flag("platform")}."));
}
