using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Reporting;

/// <summary>
/// Audit results as canonical JSON with every finding: <c>{ "schemaVersion": 1, "summary": …, "results": […] }</c>, the
/// results in the order in which they came. Durations are left out, so that the same audit gives the same bytes.
/// </summary>
internal static class JsonReport
{
    /// <summary>The report's bytes.</summary>
    public static byte[] Write(IReadOnlyList<AuditResult> results) => CanonicalJson.Write(new JObject
    {
        ["schemaVersion"] = 1,
        ["summary"] = Summary(AuditSummary.Of(results)),
        ["results"] = new JArray(results.Select(Result)),
    });

    private static JObject Summary(AuditSummary summary) => new()
    {
        ["images"] = summary.Images,
        ["passed"] = summary.Passed,
        ["failed"] = summary.Failed,
        ["errors"] = summary.Errors,
        ["suppressed"] = summary.Suppressed,
        ["skipped"] = summary.Skipped,
        ["worst"] = summary.Worst?.ToString(),
    };

    private static JObject Result(AuditResult result) => new()
    {
        ["ruleId"] = result.RuleId,
        ["title"] = result.Title,
        ["severity"] = result.Severity.ToString(),
        ["category"] = result.Category,
        ["status"] = result.Status.ToString(),
        ["image"] = result.Image,
        ["platform"] = result.Platform?.ToString(),
        ["digest"] = result.Digest.IsEmpty ? null : result.Digest.ToString(),
        ["message"] = result.Message,
        ["evidence"] = new JArray(result.Evidence),
        ["findings"] = new JArray(result.Findings.Select(Finding)),
        ["remediation"] = result.Remediation,
        ["equivalent"] = new JArray(result.Equivalent),
    };

    private static JObject Finding(AuditFinding finding) => new()
    {
        ["ruleId"] = finding.RuleId,
        ["severity"] = finding.Severity.ToString(),
        ["image"] = finding.Image,
        ["path"] = finding.Path,
        ["line"] = finding.Line,
        ["message"] = finding.Message,
        ["fingerprint"] = finding.Fingerprint,
    };
}
