using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6103: no keys, tokens or passwords.</summary>
internal sealed class SecretValues : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6103",
        Title = "No keys, tokens or passwords",
        Severity = Severity.Critical,
        Category = "Secrets",
        Rationale = "What stands in a Dockerfile stands in every clone of it, and what ARG, ENV or RUN say also in the history or configuration of the image, "
            + "for everybody who can pull it. Keys and tokens are known by their issuers' formats, others by the name of their variable and by how varied "
            + "the value is; a short one is a default password (Medium). No output ever shows a secret: only its form and its length.",
        Remediation = "Revoke it, it is published. Mount secrets (RUN --mount=type=secret), and give them to the container at run time.",
        References = ["CIS Docker Benchmark 4.10", "NIST SP 800-190 4.1.4"],
        Equivalent = ["cis-docker:4.10", "dockle:CIS-DI-0010"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => SecretReader.Find(facts).Select(hit => At(hit.Line, $"{hit.Where} holds a {hit.Kind}: {hit.Masked}", hit.Severity, $"{hit.Where}:{hit.Kind}"));
}
