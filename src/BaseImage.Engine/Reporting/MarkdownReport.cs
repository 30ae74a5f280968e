using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Reporting;

/// <summary>
/// Audit results as Markdown in GitHub's flavour: a summary, then for each image a table of what failed, could not be
/// evaluated or is suppressed, worst first, and one line of the rest. Fit for a comment or a job's summary: nothing in it
/// can become markup, a link or a mention.
/// </summary>
internal static class MarkdownReport
{
    private const int FindingsShown = 10;

    /// <summary>The report's bytes.</summary>
    public static byte[] Write(IReadOnlyList<AuditResult> results)
    {
        StringBuilder text = new("# Audit of images\n\n");
        text.Append(Escape(AuditSummary.Of(results).ToString())).Append('\n');
        foreach (IGrouping<string, AuditResult> image in results.GroupBy(ReportRules.Subject, StringComparer.Ordinal))
        {
            text.Append("\n## ").Append(Escape(image.Key)).Append("\n\n");
            AuditResult[] shown = [.. image
                .Where(row => row.Status is AuditStatus.Fail or AuditStatus.Error or AuditStatus.Suppressed)
                .OrderByDescending(row => row.Status)
                .ThenByDescending(row => row.Severity)
                .ThenBy(row => row.RuleId, StringComparer.Ordinal)];
            if (shown.Length > 0)
            {
                text.Append("| Status | Severity | Rule | What was found |\n| --- | --- | --- | --- |\n");
                foreach (AuditResult row in shown)
                {
                    text.Append(CultureInfo.InvariantCulture, $"| {row.Status} | {row.Severity} | {Escape(row.RuleId)} {Escape(row.Title)} | {Found(row)} |\n");
                }

                text.Append('\n');
            }

            int passed = image.Count(row => row.Status == AuditStatus.Pass), skipped = image.Count(row => row.Status == AuditStatus.Skipped);
            text.Append(CultureInfo.InvariantCulture, $"{passed} passed, {skipped} skipped.\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// Makes plain text of a text: punctuation that Markdown reads is escaped, that of HTML and of mentions is written as
    /// entities, line ends become spaces. Source: CommonMark 0.31.2, "Backslash escapes".
    /// </summary>
    internal static string Escape(string text)
    {
        StringBuilder safe = new(text.Length + 16);
        char before = ' ';
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),

                // Only what begins a word is a mention; the name of a pinned image holds the sign inside.
                '@' => safe.Append(char.IsLetterOrDigit(before) ? "&#64;" : "&#64;&#8203;"),
                ':' => safe.Append("&#58;"),
                '\n' or '\r' or '\t' or '\v' or '\f' => safe.Append(' '),
                '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '(' or ')' or '#' or '+' or '-' or '!' or '|' or '~' or '$' or '=' => safe.Append('\\').Append(c),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => safe.Append(CultureInfo.InvariantCulture, $"\\\\u{(int)c:x4}"),
                _ => safe.Append(c),
            };
            before = c;
        }

        // An ordered list begins with a number and a point, and GitHub makes links of what begins with www.
        return safe.ToString().Replace(". ", "\\. ", StringComparison.Ordinal).Replace("www.", "www\\.", StringComparison.OrdinalIgnoreCase).Trim();
    }

    private static string Found(AuditResult row)
    {
        AuditFinding[] findings = [.. row.Findings.Take(FindingsShown)];
        string list = string.Concat(findings.Select(finding => "<br>" + Escape(finding.ToString())));
        string more = row.Findings.Count > findings.Length ? string.Create(CultureInfo.InvariantCulture, $"<br>and {row.Findings.Count - findings.Length} more") : "";
        return Escape(row.Message) + list + more;
    }
}
