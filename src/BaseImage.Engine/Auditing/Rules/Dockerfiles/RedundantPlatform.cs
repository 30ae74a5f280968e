using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6063: FROM does not repeat the target platform.</summary>
internal sealed class RedundantPlatform : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6063",
        Title = "FROM does not repeat the target platform",
        Severity = Severity.Info,
        Category = "Structure",
        Rationale = "--platform=$TARGETPLATFORM is what every FROM has anyway; written down it looks as if it did something.",
        Remediation = "Leave the flag out; it changes nothing.",
        References = ["BuildKit, RedundantTargetPlatform"],
        Equivalent = ["hadolint:DL3065", "buildkit:RedundantTargetPlatform"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.Where(stage => stage.From.Flag("platform") is "$TARGETPLATFORM" or "${TARGETPLATFORM}").Select(stage => At(stage.From, "--platform says what holds anyway."));
}
