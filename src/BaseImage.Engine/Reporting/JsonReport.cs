using System.Text;
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
        ["ruleId"] = Whole(result.RuleId),
        ["title"] = Whole(result.Title),
        ["severity"] = result.Severity.ToString(),
        ["category"] = Whole(result.Category),
        ["status"] = result.Status.ToString(),
        ["image"] = Whole(result.Image),
        ["platform"] = result.Platform?.ToString(),
        ["digest"] = result.Digest.IsEmpty ? null : result.Digest.ToString(),
        ["message"] = Whole(result.Message),
        ["evidence"] = new JArray(result.Evidence.Select(Whole)),
        ["findings"] = new JArray(result.Findings.Select(Finding)),
        ["remediation"] = Whole(result.Remediation),
        ["equivalent"] = new JArray(result.Equivalent.Select(Whole)),
    };

    private static JObject Finding(AuditFinding finding) => new()
    {
        ["ruleId"] = Whole(finding.RuleId),
        ["severity"] = finding.Severity.ToString(),
        ["image"] = Whole(finding.Image),
        ["path"] = Whole(finding.Path),
        ["line"] = finding.Line,
        ["message"] = Whole(finding.Message),
        ["accepted"] = Whole(finding.Accepted),
        ["fingerprint"] = finding.Fingerprint,
    };

    // Half of a surrogate pair cannot be written in UTF-8: U+FFFD stands for it.
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
