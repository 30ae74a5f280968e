using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Reporting;
using BaseImage.Engine.Reporting.Html;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Reporting;

/// <summary>SARIF, JUnit, Markdown and HTML, read back by what others read them with.</summary>
public class ReportFormatTests
{
    private static readonly Dictionary<string, ImageFill?> NoFills = [];

    [Fact]
    public async Task Sarif_is_valid_by_the_published_schema()
    {
        // What every rule of the catalogue brings along (help, tags, levels) is judged too.
        IReadOnlyList<AuditResult> all = [.. TestRows.Sample, .. RuleCatalogue.Instance.Rules.Select(rule => TestRows.Row(rule.Id, AuditStatus.Fail, rule.Severity))];
        await ValidateAsync(SarifReport.Write(all), SarifReport.Write([]), SarifReport.Write([.. TestRows.Hostile.Select(text => TestRows.Row(image: text, message: text, path: text))]));
    }

    [Fact]
    public void Sarif_says_where_and_why()
    {
        JObject run = (JObject)JObject.Parse(Encoding.UTF8.GetString(SarifReport.Write(TestRows.Sample)))["runs"]![0]!;
        JToken[] results = [.. run["results"]!];
        Assert.Equal(["BI2001", "BI2004", "BI6001", "ACME-1"], results.Select(result => (string)result["ruleId"]!));
        Assert.All(results, result => Assert.Equal((string)result["ruleId"]!, (string?)run.SelectToken($"tool.driver.rules[{(int?)result["ruleIndex"] ?? 0}].id")));
        Assert.Equal(["error", null, "note", "error"], results.Select(result => (string?)result["level"]));
        Assert.Equal("usr/bin/su", (string?)results[0].SelectToken("locations[0].physicalLocation.artifactLocation.uri"));
        Assert.Equal("oci:/x/web@sha256:abc (linux/amd64)!/usr/bin/su", (string?)results[0].SelectToken("locations[0].logicalLocations[0].fullyQualifiedName"));
        Assert.Equal(new string('f', 32), (string?)results[0].SelectToken("partialFingerprints['baseImageFinding/v1']"));
        Assert.Equal("external", (string?)results[1].SelectToken("suppressions[0].kind"));
        Assert.Equal("accepted until 2026-12-31 by platform: wanted", (string?)results[1].SelectToken("suppressions[0].justification"));
        Assert.Equal(("web/Dockerfile", 7), ((string?)results[2].SelectToken("locations[0].physicalLocation.artifactLocation.uri"), (int?)results[2].SelectToken("locations[0].physicalLocation.region.startLine")));
        Assert.Null(results[2].SelectToken("locations[0].logicalLocations"));
        Assert.False((bool)run.SelectToken("invocations[0].executionSuccessful")!);
        Assert.Equal(["BI3001", "BI0000"], run.SelectToken("invocations[0].toolExecutionNotifications")!.Select(note => (string?)note.SelectToken("associatedRule.id")));
        Assert.Equal("8.0", (string?)run.SelectToken("tool.driver.rules[?(@.id == 'BI0000')].properties['security-severity']"));
        Assert.Matches(@"^\d+\.\d+\.\d+", (string)run.SelectToken("tool.driver.version")!);
    }

    [Fact]
    public void Sarif_reads_back_with_its_own_library()
    {
        using MemoryStream stream = new(SarifReport.Write(TestRows.Sample));
        Microsoft.CodeAnalysis.Sarif.SarifLog log = Microsoft.CodeAnalysis.Sarif.SarifLog.Load(stream);
        Assert.Equal(4, log.Runs[0].Results.Count);
        Assert.Equal(Microsoft.CodeAnalysis.Sarif.FailureLevel.Warning, log.Runs[0].Results[1].Level);
    }

    [Theory]
    [InlineData("/usr/bin/a b", "usr/bin/a%20b")]
    [InlineData("/a:b/c?d#e%2f", "a%3Ab/c%3Fd%23e%252f")]
    [InlineData("/é\\x", "%C3%A9%5Cx")]
    public void Paths_become_uris_that_lead_nowhere_else(string path, string uri)
    {
        JObject log = JObject.Parse(Encoding.UTF8.GetString(SarifReport.Write([TestRows.Row(path: path)])));
        Assert.Equal(uri, (string?)log.SelectToken("runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri"));
    }

    [Fact]
    public void JUnit_has_a_suite_an_image_and_a_case_a_rule()
    {
        XElement root = XDocument.Parse(Encoding.UTF8.GetString(JUnitReport.Write(TestRows.Sample))).Root!;
        Assert.Equal(("testsuites", "7", "3", "1", "2"), (root.Name.LocalName, (string?)root.Attribute("tests"), (string?)root.Attribute("failures"), (string?)root.Attribute("errors"), (string?)root.Attribute("skipped")));
        Assert.Equal(["oci:/x/web@sha256:abc (linux/amd64)", "oci:/nowhere (linux/amd64)", "./web/Dockerfile"], root.Elements("testsuite").Select(suite => (string?)suite.Attribute("name")));
        XElement failure = root.Descendants("failure").First();
        Assert.Equal(("High", "High: /usr/bin/su: set-user-ID\nClear the bits."), ((string?)failure.Attribute("type"), failure.Value));
        Assert.All(root.Elements("testsuite"), suite => Assert.Equal((int)suite.Attribute("tests")!, suite.Elements("testcase").Count()));
        Assert.StartsWith("Suppressed: ", (string?)root.Descendants("skipped").First().Attribute("message"), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_is_a_table_that_github_renders()
    {
        string html = Render(MarkdownReport.Write([.. TestRows.Sample, TestRows.Row(message: "a|b <b> *c* [d](e)")]));
        Assert.Contains("<td>BI2001 No set-id programs</td>", html, StringComparison.Ordinal);
        Assert.Contains("a|b &lt;b&gt; *c* [d](e)", html, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(html, "<table>"));
        Assert.Contains("1 passed, 1 skipped.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_exports_are_the_same_bytes()
    {
        string[] endings = ["csv", "html", "json", "md", "sarif", "junit.xml"];
        using TempFolder folder = new();
        await new ReportExporter().ExportAsync(TestRows.Sample, [.. endings.Select(ending => folder.Combine("a." + ending))], TestContext.Current.CancellationToken);
        await new ReportExporter().ExportAsync([.. TestRows.Sample.Select(row => row with { Duration = TimeSpan.FromDays(1) })], [.. endings.Select(ending => folder.Combine("b." + ending))], TestContext.Current.CancellationToken);
        foreach (string ending in endings)
        {
            byte[] bytes = await File.ReadAllBytesAsync(folder.Combine("a." + ending), TestContext.Current.CancellationToken);
            Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.Combine("b." + ending), TestContext.Current.CancellationToken));
            Assert.DoesNotContain("System.", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            Assert.True(ending == "csv" || !bytes.Contains((byte)'\r'));
        }
    }

    [Fact]
    public void A_page_needs_nothing_else_and_lets_nothing_else_run()
    {
        string page = Encoding.UTF8.GetString(HtmlReport.Write(TestRows.Sample, NoFills));
        Assert.DoesNotMatch("(?i)(src|href|action|data|poster|background)\\s*=|url\\(|@import|https?:|style=\"|\\son[a-z]+=", Regex.Replace(page, "data-[a-z]+=", ""));
        Match policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"");
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy.Groups[1].Value, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy.Value, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "<script>"));
    }

    [Fact]
    public void Tiles_fill_the_area_in_proportion()
    {
        FillPart[] parts = [.. Enumerable.Range(1, 61).Select(i => new FillPart($"p{i}", 100_000L / i))];
        IReadOnlyList<TreemapTile> tiles = Treemap.Lay(parts, 640, 360);
        double total = parts.Sum(part => part.Size);
        Assert.Equal(parts, tiles.Select(tile => tile.Part));
        Assert.All(tiles, tile => Assert.Equal(tile.Part.Size / total * 640 * 360, tile.Width * tile.Height, 1e-3));
        Assert.All(tiles, tile => Assert.True(tile is { X: >= -1e-6, Y: >= -1e-6 } && tile.X + tile.Width <= 640.001 && tile.Y + tile.Height <= 360.001));
        Assert.True(tiles.Max(tile => Math.Max(tile.Width / tile.Height, tile.Height / tile.Width)) < 6);
        Assert.Empty(Treemap.Lay([], 640, 360));
        Assert.Empty(Treemap.Lay([new FillPart("x", 0)], 640, 360));
        Assert.Single(Treemap.Lay([new FillPart("x", long.MaxValue)], 640, 360));
    }

    [Fact]
    public void What_fills_an_image_is_counted_once_and_kept_whole()
    {
        static IEnumerable<ImageFile> Files()
        {
            for (int i = 0; i < 100; i++)
            {
                yield return new ImageFile { Path = $"/usr/lib/x{i}/deep/a", Kind = ImageFileKind.File, Size = i, Package = $"p{i}" };
                yield return new ImageFile { Path = $"/usr/lib/x{i}/deep/b", Kind = ImageFileKind.HardLink, Size = i, Package = $"p{i}" };
            }

            yield return new ImageFile { Path = "/top", Kind = ImageFileKind.File, Size = 50 };
        }

        ImageFill fill = ImageFill.Of(Files());
        Assert.Equal(5000, fill.Total);
        Assert.Equal(5000, fill.Packages.Sum(part => part.Size));
        Assert.Equal([new FillPart("/usr/lib", 4950), new FillPart("/", 50)], fill.Directories);
        Assert.Equal(61, fill.Packages.Count);
        Assert.Contains(fill.Packages, part => part.Name == ImageFill.NoPackage);
    }

    /// <summary>Validates documents by the schema that the SARIF library carries, with a validator of another make.</summary>
    internal static async Task ValidateAsync(params byte[][] documents)
    {
        string python = Tools.Require("python3");
        Tools.Require((await Tools.TryRunAsync(python, ["-c", "import jsonschema"])).Code == 0, "python3-jsonschema is not installed");
        using TempFolder folder = new();
        for (int i = 0; i < documents.Length; i++)
        {
            await File.WriteAllBytesAsync(folder.Combine($"{i}.sarif"), documents[i], TestContext.Current.CancellationToken);
        }

        const string Validate = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1], encoding='utf-8'))
            validator = jsonschema.Draft202012Validator(schema)
            for path in sys.argv[2:]:
                for error in list(validator.iter_errors(json.load(open(path, encoding='utf-8'))))[:5]:
                    print(path, '/'.join(map(str, error.absolute_path)), error.message[:300])
            """;
        string output = await Tools.RunAsync(python, ["-c", Validate, Path.Combine(AppContext.BaseDirectory, "sarif-2.1.0.json"), .. Enumerable.Range(0, documents.Length).Select(i => folder.Combine($"{i}.sarif"))]);
        Assert.Equal("", output);
    }

    internal static string Render(byte[] markdown)
        => Markdig.Markdown.ToHtml(Encoding.UTF8.GetString(markdown), Markdig.MarkdownExtensions.UseAutoLinks(Markdig.MarkdownExtensions.UsePipeTables(new Markdig.MarkdownPipelineBuilder())).Build());
}
