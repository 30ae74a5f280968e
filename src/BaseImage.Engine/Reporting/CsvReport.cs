using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Reporting;

/// <summary>
/// Audit results as CSV, one row a result: RFC 4180, UTF-8 without a byte order mark, with a header. Lists are joined
/// by "; ". Durations are left out, so that the same audit gives the same bytes.
/// </summary>
internal static class CsvReport
{
    private static readonly (string Name, Func<AuditResult, string> Cell)[] Columns =
    [
        ("RuleId", row => row.RuleId),
        ("Title", row => row.Title),
        ("Severity", row => row.Severity.ToString()),
        ("Category", row => row.Category),
        ("Status", row => row.Status.ToString()),
        ("Image", row => row.Image),
        ("Platform", row => row.Platform?.ToString() ?? ""),
        ("Digest", row => row.Digest.ToString()),
        ("Message", row => row.Message),
        ("Findings", row => row.Findings.Count.ToString(CultureInfo.InvariantCulture)),
        ("Evidence", row => string.Join("; ", row.Evidence)),
        ("Remediation", row => row.Remediation),
        ("Equivalent", row => string.Join("; ", row.Equivalent)),
    ];

    /// <summary>The report's bytes.</summary>
    public static byte[] Write(IReadOnlyList<AuditResult> results)
    {
        StringBuilder text = new();
        AppendLine(text, Columns.Select(column => column.Name));
        foreach (AuditResult result in results)
        {
            AppendLine(text, Columns.Select(column => Defuse(column.Cell(result))));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// Puts an apostrophe before what a spreadsheet would run as a formula. Source: OWASP, "CSV Injection".
    /// </summary>
    internal static string Defuse(string cell) => cell.Length > 0 && cell.TrimStart(' ') is [var first, ..] && first is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + cell : cell;

    private static void AppendLine(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Quote)).Append("\r\n");

    private static string Quote(string cell) => cell.AsSpan().IndexOfAny(",\"\r\n") >= 0 || cell.StartsWith(' ') || cell.EndsWith(' ')
        ? "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\""
        : cell;
}
