using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6119: mounted secrets are required.</summary>
internal sealed class SecretsRequired : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6119",
        Title = "Mounted secrets are required",
        Severity = Severity.Info,
        Category = "Secrets",
        Rationale = "A secret that the build is not given is simply not there, and the RUN goes on without: what it then builds, or does not, depends on the "
            + "program. required=true says so at once. This only lists them.",
        Remediation = "Write --mount=type=secret,id=name,required=true.",
        References = ["Dockerfile reference, RUN --mount=type=secret"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Mounts.Where(mount => mount.Type == "secret" && mount.Fields.GetValueOrDefault("required") is null or "false").Select(mount => At(run.Instruction, $"The secret {mount.Fields.GetValueOrDefault("id") ?? mount.Target} may be missing."));
}
