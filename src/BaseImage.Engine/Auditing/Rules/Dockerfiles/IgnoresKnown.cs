using BaseImage.Documents;
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
            + "tools and left alone. The same goes for names of BuildKit's checks in # check=skip=.",
        Remediation = "Write the id of the rule that is meant; Get-BaseImageRule BI6* lists them.",
        References = ["hadolint, inline ignores", "docs.docker.com/reference/build-checks"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Ignores.SelectMany(ignore => ignore.Ids.Where(id => !IsKnown(ignore, id)).Select(id => At(ignore.Line, ignore.IsCheck ? Unknown(id) : $"There is no rule {id}.")))
            .Concat(facts.File.Nodes.OfType<DockerfileDirective>().Where(directive => directive.Name == "check").SelectMany(directive => BuildChecks.Parse(directive.Value).Problems.Select(problem => At(directive.Line, problem))));

    private static bool IsKnown(InlineIgnore ignore, string id) => ignore.IsCheck ? BuildChecks.IsKnown(id)
        : id.StartsWith("SC", StringComparison.OrdinalIgnoreCase) || Retired.Contains(id) || RuleCatalogue.Instance.Rules.Any(rule => InlineIgnore.Names(rule, id));

    private static string Unknown(string check) => $"BuildKit has no check {check}{(NearestKey.Find(check, BuildChecks.Known) is { } near ? $"; is {near} meant?" : ".")}";
}
