using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Reporting.Html;

/// <summary>
/// Audit results as one page that needs nothing else: a summary, the rows with filters, and a picture of what fills each
/// image. Its policy lets nothing run or load but the style and the script that are in it, by their digests; every text of
/// an image is escaped. The same results give the same bytes.
/// </summary>
internal static class HtmlReport
{
    private const double Width = 640, Height = 360;

    private static readonly Lazy<string> Style = new(() => Resource("report.css")), Script = new(() => Resource("report.js"));

    /// <summary>The report's bytes.</summary>
    /// <param name="results">The results.</param>
    /// <param name="fills">What fills each image, by <see cref="ReportRules.Subject"/>; null for one that cannot be read any more.</param>
    public static byte[] Write(IReadOnlyList<AuditResult> results, IReadOnlyDictionary<string, ImageFill?> fills)
    {
        StringBuilder page = new();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        page.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{Hash(Style.Value)}'; script-src '{Hash(Script.Value)}'; base-uri 'none'; form-action 'none'\"/>\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>Audit of images</title>\n");
        page.Append("<style>").Append(Style.Value).Append("</style>\n</head>\n<body>\n<header>\n<h1>Audit of images</h1>\n");
        page.Append("<p id=\"summary\">").Append(Text(AuditSummary.Of(results).ToString())).Append("</p>\n</header>\n<main>\n");
        Filters(page, results);
        Rows(page, results);
        Fills(page, fills);
        page.Append("</main>\n<script>").Append(Script.Value).Append("</script>\n</body>\n</html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static void Filters(StringBuilder page, IReadOnlyList<AuditResult> results)
    {
        page.Append("<form id=\"filters\" role=\"search\" aria-label=\"Filters\">\n<fieldset><legend>Status</legend>\n");
        foreach (AuditStatus status in Enum.GetValues<AuditStatus>().OrderDescending())
        {
            int count = results.Count(row => row.Status == status);
            string shown = status is AuditStatus.Pass or AuditStatus.Skipped ? "" : " checked=\"checked\"";
            page.Append(CultureInfo.InvariantCulture, $"<label class=\"s-{status}\"><input type=\"checkbox\" name=\"status\" value=\"{status}\"{shown}/> {status} <b>{count}</b></label>\n");
        }

        page.Append("</fieldset>\n<label>Severity, at least <select name=\"severity\">\n");
        foreach (Severity severity in Enum.GetValues<Severity>())
        {
            page.Append(CultureInfo.InvariantCulture, $"<option value=\"{(int)severity}\">{severity}</option>\n");
        }

        page.Append("</select></label>\n<label>Image <select name=\"image\">\n<option value=\"\">every image</option>\n");
        string[] images = Images(results);
        for (int i = 0; i < images.Length; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<option value=\"{i}\">{Text(images[i])}</option>\n");
        }

        page.Append("</select></label>\n<label>Text <input type=\"search\" name=\"text\" autocomplete=\"off\" aria-keyshortcuts=\"/\"/></label>\n<button type=\"reset\">Reset</button>\n</form>\n");
        page.Append("<p class=\"hint\"><kbd>/</kbd> to search, <kbd>j</kbd> and <kbd>k</kbd> from row to row, <kbd>Enter</kbd> to open one, <kbd>Esc</kbd> to begin again. <output id=\"count\" aria-live=\"polite\"></output></p>\n");
    }

    private static void Rows(StringBuilder page, IReadOnlyList<AuditResult> results)
    {
        Dictionary<string, AuditRule> rules = ReportRules.Of(results).ToDictionary(rule => rule.Id, StringComparer.OrdinalIgnoreCase);
        string[] images = Images(results);
        page.Append("<section aria-label=\"Results\" id=\"rows\">\n");
        foreach (AuditResult row in results.OrderByDescending(row => row.Status).ThenByDescending(row => row.Severity))
        {
            int image = Array.IndexOf(images, ReportRules.Subject(row));
            page.Append(CultureInfo.InvariantCulture, $"<details class=\"row\" data-status=\"{row.Status}\" data-severity=\"{(int)row.Severity}\" data-image=\"{image}\">\n<summary><span class=\"s s-{row.Status}\">{row.Status}</span> <span class=\"v v-{row.Severity}\">{row.Severity}</span> <span class=\"r\">{Text(row.RuleId)}</span> <span class=\"t\">{Text(row.Title)}</span> <span class=\"i\">{Text(images[image])}</span></summary>\n");
            page.Append("<p>").Append(Text(row.Message)).Append("</p>\n");
            Findings(page, row);
            Paragraph(page, "To mend it", row.Remediation);
            AuditRule rule = rules[row.RuleId];
            Paragraph(page, "Why", rule.Rationale == row.Title ? "" : rule.Rationale);
            Paragraph(page, "See", string.Join(", ", rule.References.Concat(row.Equivalent)));
            page.Append("</details>\n");
        }

        page.Append("</section>\n");
    }

    private static void Findings(StringBuilder page, AuditResult row)
    {
        if (row.Findings.Count == 0)
        {
            return;
        }

        page.Append("<ul>\n");
        foreach (AuditFinding finding in row.Findings)
        {
            string place = finding.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{finding.Path}:{finding.Line}") : finding.Path;
            page.Append(CultureInfo.InvariantCulture, $"<li><span class=\"v v-{finding.Severity}\">{finding.Severity}</span> {(place.Length > 0 ? $"<code>{Text(place)}</code> " : "")}{Text(finding.Message)}</li>\n");
        }

        page.Append("</ul>\n");
    }

    private static void Fills(StringBuilder page, IReadOnlyDictionary<string, ImageFill?> fills)
    {
        foreach ((string image, ImageFill? fill) in fills.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            page.Append("<section class=\"fill\">\n<h2>What fills ").Append(Text(image)).Append("</h2>\n");
            if (fill is null)
            {
                page.Append("<p>The image could not be read again when this report was written.</p>\n");
            }
            else
            {
                page.Append(CultureInfo.InvariantCulture, $"<p>{Words.BinarySize(fill.Total)} in files, uncompressed, each file once.</p>\n");
                Figure(page, "by package", fill.Packages, fill.Total);
                Figure(page, "by directory", fill.Directories, fill.Total);
            }

            page.Append("</section>\n");
        }
    }

    private static void Figure(StringBuilder page, string title, IReadOnlyList<FillPart> parts, long total)
    {
        page.Append(CultureInfo.InvariantCulture, $"<figure>\n<figcaption>{title}</figcaption>\n<svg viewBox=\"0 0 {Number(Width)} {Number(Height)}\" role=\"img\" aria-label=\"What fills the image {title}\">\n");
        int colour = 0;
        foreach (TreemapTile tile in Treemap.Lay(parts, Width, Height))
        {
            string name = Text(tile.Part.Name), size = Words.BinarySize(tile.Part.Size);
            page.Append(CultureInfo.InvariantCulture, $"<g><title>{name}: {size}, {Share(tile.Part, total)}</title><rect class=\"c{colour++ % 8}\" x=\"{Number(tile.X)}\" y=\"{Number(tile.Y)}\" width=\"{Number(tile.Width)}\" height=\"{Number(tile.Height)}\"/>");
            int room = (int)((tile.Width - 8) / 7);
            if (room >= 3 && tile.Height >= 16)
            {
                page.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(tile.X + 4)}\" y=\"{Number(tile.Y + 13)}\">{Text(Short(tile.Part.Name, room))}</text>");
            }

            page.Append("</g>\n");
        }

        page.Append("</svg>\n<details><summary>In numbers</summary>\n<table><tbody>\n");
        foreach (FillPart part in parts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(part.Name)}</td><td>{Words.BinarySize(part.Size)}</td><td>{Share(part, total)}</td></tr>\n");
        }

        page.Append("</tbody></table>\n</details>\n</figure>\n");
    }

    private static void Paragraph(StringBuilder page, string title, string text)
    {
        if (text.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p><b>{title}:</b> {Text(text)}</p>\n");
        }
    }

    private static string[] Images(IReadOnlyList<AuditResult> results) => [.. results.Select(ReportRules.Subject).Distinct(StringComparer.Ordinal)];

    private static string Share(FillPart part, long total) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part.Size / total:0.#} %");

    private static string Short(string text, int room)
    {
        StringInfo characters = new(text);
        return characters.LengthInTextElements <= room ? text : characters.SubstringByTextElements(0, room - 1) + "…";
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    // Characters that HTML has no way to hold (most controls, lone surrogates, U+FFFE) are written in words.
    private static string Text(string text) => WebUtility.HtmlEncode(JUnitReport.Valid(text));

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
