using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6001: inline ignores are few and known.</summary>
internal sealed class InlineIgnores : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6001",
        Title = "Inline ignores are few and known",
        Severity = Severity.Info,
        Category = "Policy",
        Rationale = "A comment that accepts findings stays when the reason for it has gone, and is seen by nobody who reads a report. A policy has an owner and "
            + "an end for each. This only lists them.",
        Remediation = "Move what is to be accepted into the policy, with a reason, an owner and a day on which it ends.",
        References = ["hadolint wiki, DL1001"],
        Equivalent = ["hadolint:DL1001"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Ignores.Select(ignore => At(ignore.Line, $"Findings of {string.Join(", ", ignore.Ids)} are accepted here."));
}
