using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6134: inline ignores say why.</summary>
internal sealed class IgnoresReasoned : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6134",
        Title = "Inline ignores say why",
        Severity = Severity.Low,
        Category = "Policy",
        Rationale = "An ignore without a reason is a decision that nobody can look at again. hadolint's form has no place for one; this module's has, behind the ids.",
        Remediation = "Write # baseimage ignore=BI6009 and why it is acceptable here.",
        References = ["Dockerfile rules, inline ignores"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Ignores.Where(ignore => ignore.IsOwn && ignore.Reason.Length < 3).Select(ignore => At(ignore.Line, $"Nothing says why {string.Join(", ", ignore.Ids)} may be broken."));
}
