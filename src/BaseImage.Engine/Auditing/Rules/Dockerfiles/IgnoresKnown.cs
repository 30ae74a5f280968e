using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6133: inline ignores name rules that there are.</summary>
internal sealed class IgnoresKnown : DockerfileRule
{
    // Rules that hadolint once had; a file may still name them.
    private static readonly HashSet<string> Retired = new(["DL3005", "DL3017", "DL3031", "DL3039", "DL4002"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6133",
        Title = "Inline ignores name rules that there are",
        Severity = Severity.Low,
        Category = "Policy",
        Rationale = "An ignore with an id that no rule has accepts nothing, and whoever wrote it believes that it does. Ids of ShellCheck (SC) are for other "
            + "tools and left alone.",
        Remediation = "Write the id of the rule that is meant; Get-BaseImageRule BI6* lists them.",
        References = ["hadolint, inline ignores"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Ignores.SelectMany(ignore => ignore.Ids.Where(id => !id.StartsWith("SC", StringComparison.OrdinalIgnoreCase) && !Retired.Contains(id) && !RuleCatalogue.Instance.Rules.Any(rule => InlineIgnore.Names(rule, id))).Select(id => At(ignore.Line, $"There is no rule {id}.")));
}
