using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Reporting;

/// <summary>The rules that a report speaks of, in order of ids: the catalogue's, and what rows say of rules that are not in it.</summary>
internal static class ReportRules
{
    private static readonly Lazy<Dictionary<string, AuditRule>> Catalogue = new(() => RuleCatalogue.Instance.Rules.ToDictionary(rule => rule.Id, StringComparer.OrdinalIgnoreCase));

    /// <summary>The rules.</summary>
    public static IReadOnlyList<AuditRule> Of(IEnumerable<AuditResult> results) => [.. results
        .GroupBy(result => result.RuleId, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => Catalogue.Value.GetValueOrDefault(group.Key) ?? Own(group.First()))];

    /// <summary>What makes a row's place: the image as reports call it, and its platform where it has one.</summary>
    public static string Subject(AuditResult result) => result.Platform is null ? result.Image : $"{result.Image} ({result.Platform})";

    /// <summary>True for a row about a Dockerfile, whose places are files of the checkout and not of an image.</summary>
    public static bool IsDockerfile(AuditResult result) => result.RuleId.StartsWith("BI6", StringComparison.OrdinalIgnoreCase) && result.Platform is null;

    private static AuditRule Own(AuditResult row) => new()
    {
        Id = row.RuleId,
        Title = row.Title,
        Severity = row.Severity,
        Category = row.Category,
        Rationale = row.Title,
        Remediation = row.Remediation,
        Equivalent = row.Equivalent,
    };
}
