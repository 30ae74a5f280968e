using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BaseImage.Engine.Reporting;
using BaseImage.Engine.Reporting.Html;
using BaseImage.Engine.Storage;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.VisualBasic.FileIO;

namespace BaseImage.Engine.Tests.Reporting;

/// <summary>Whatever an image calls itself and its files, each report stays what it is, and says it.</summary>
public class ReportFuzzTests
{
    [Fact]
    public void Any_rows_become_reports_that_read_back()
    {
        Prop.ForAll(TestRows.Any.ToArbitrary(), rows =>
        {
            JUnit(rows);
            Csv(rows);
            Page(rows);
            Markdown(rows);
            Sarif(rows);
            Assert.Equal(rows.Count, StrictJson.Parse(JsonReport.Write(rows), "report").SelectToken("results")!.Count());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_hostile_text_alone()
    {
        foreach (string text in TestRows.Hostile)
        {
            AuditResult[] rows = [TestRows.Row(image: text, message: text, path: text, accepted: text) with { Title = text, Category = text, Remediation = text }];
            JUnit(rows);
            Csv(rows);
            Page(rows);
            Markdown(rows);
            Sarif(rows);
        }
    }

    private static void JUnit(IReadOnlyList<AuditResult> rows)
    {
        XElement root = XDocument.Parse(Encoding.UTF8.GetString(JUnitReport.Write(rows))).Root!;
        Assert.Equal(rows.Count, root.Descendants("testcase").Count());
        Assert.Equal(rows.GroupBy(ReportRules.Subject, StringComparer.Ordinal).SelectMany(group => group).Select(row => JUnitReport.Valid($"{row.RuleId} {row.Title}")), root.Descendants("testcase").Select(one => (string)one.Attribute("name")!));
    }

    private static void Csv(IReadOnlyList<AuditResult> rows)
    {
        using TextFieldParser parser = new(new MemoryStream(CsvReport.Write(rows)), Encoding.UTF8) { HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = false };
        parser.SetDelimiters(",");
        List<string[]> read = [];
        while (parser.ReadFields() is { } fields)
        {
            Assert.Equal(13, fields.Length);
            read.Add(fields);
        }

        Assert.Equal(rows.Count + 1, read.Count);
        Assert.DoesNotContain(read.SelectMany(fields => fields), cell => cell.TrimStart(' ') is ['=' or '+' or '-' or '@', ..]);
    }

    private static void Page(IReadOnlyList<AuditResult> rows)
    {
        Dictionary<string, ImageFill?> fills = rows.Select(ReportRules.Subject).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => (ImageFill?)new ImageFill(5, [new FillPart(name, 4), new FillPart("x", 1)], [new FillPart("/", 5)]), StringComparer.Ordinal);
        string page = Encoding.UTF8.GetString(HtmlReport.Write(rows, fills));

        // The style and the script are ours; all else is well-formed XML too, and so nothing of an image became markup.
        string rest = Regex.Replace(page, "<(style|script)>.*?</\\1>", "", RegexOptions.Singleline);
        XElement root = XDocument.Parse(rest.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), LoadOptions.PreserveWhitespace).Root!;
        Assert.Equal(rows.Count, root.Descendants("details").Count(row => (string?)row.Attribute("class") == "row"));
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName is "script" or "img" or "a" or "iframe" or "object");
        Assert.DoesNotContain(root.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Name.LocalName is "href" or "src" or "style");
        Assert.Equal(rows.Select(row => JUnitReport.Valid(row.Message).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')).Order(StringComparer.Ordinal), root.Descendants("details").Where(row => (string?)row.Attribute("class") == "row").Select(row => row.Element("p")!.Value).Order(StringComparer.Ordinal));
    }

    private static void Markdown(IReadOnlyList<AuditResult> rows)
    {
        string html = ReportFormatTests.Render(MarkdownReport.Write(rows));
        Assert.DoesNotMatch("<(?!/?(h1|h2|p|table|thead|tbody|tr|th|td|br)[ />])", html);
        int shown = rows.Count(row => row.Status is AuditStatus.Fail or AuditStatus.Error or AuditStatus.Suppressed);
        int tables = Regex.Count(html, "<table>");
        Assert.Equal(shown + tables, Regex.Count(html, "<tr>"));
        Assert.Equal(4 * shown, Regex.Count(html, "<td>"));
    }

    private static void Sarif(IReadOnlyList<AuditResult> rows)
    {
        using MemoryStream stream = new(SarifReport.Write(rows));
        Microsoft.CodeAnalysis.Sarif.SarifLog log = Microsoft.CodeAnalysis.Sarif.SarifLog.Load(stream);
        Assert.Equal(rows.Count(row => row.Status is AuditStatus.Error or AuditStatus.Skipped), log.Runs[0].Invocations[0].ToolExecutionNotifications?.Count ?? 0);
        Assert.All(log.Runs[0].Results ?? [], result => Assert.NotNull(result.Message.Text));
    }
}
