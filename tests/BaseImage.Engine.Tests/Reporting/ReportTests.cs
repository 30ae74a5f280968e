using System.Text;
using BaseImage.Engine.Reporting;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Reporting;

public class ReportTests
{
    private static readonly AuditResult Row = new()
    {
        RuleId = "BI2001",
        Title = "No, \"really\"",
        Severity = Severity.High,
        Category = "Files",
        Status = AuditStatus.Fail,
        Image = "oci:/x@sha256:abc",
        Platform = Platform.LinuxAmd64,
        Digest = Digest.FromSha256Hex(new string('b', 64)),
        Message = "=cmd|' /C calc'!A0",
        Evidence = ["/bin/su: one", "/bin/x: two"],
        Findings = [new AuditFinding { RuleId = "BI2001", Severity = Severity.High, Image = "i", Path = "/bin/su", Line = 3, Message = "one", Fingerprint = "f" }],
        Remediation = "mend it",
        Equivalent = ["dockle:CIS-DI-0008", "cis-docker:4.8"],
        Duration = TimeSpan.FromSeconds(3),
    };

    [Fact]
    public void Csv_is_rfc_4180_with_formulas_defused()
    {
        string[] lines = Encoding.UTF8.GetString(CsvReport.Write([Row])).Split("\r\n");
        Assert.Equal("RuleId,Title,Severity,Category,Status,Image,Platform,Digest,Message,Findings,Evidence,Remediation,Equivalent", lines[0]);
        Assert.Equal($"BI2001,\"No, \"\"really\"\"\",High,Files,Fail,oci:/x@sha256:abc,linux/amd64,sha256:{new string('b', 64)},'=cmd|' /C calc'!A0,1,/bin/su: one; /bin/x: two,mend it,dockle:CIS-DI-0008; cis-docker:4.8", lines[1]);
        Assert.Equal(["", ""], [lines[2], string.Concat(lines.Skip(3))]);
    }

    [Theory]
    [InlineData("=1", "'=1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\tx", "'\tx")]
    [InlineData(" =1", "' =1")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void Cells_that_start_a_formula_are_defused(string cell, string expected) => Assert.Equal(expected, CsvReport.Defuse(cell));

    [Fact]
    public void Json_holds_every_finding_and_is_canonical()
    {
        byte[] bytes = JsonReport.Write([Row, Row with { Duration = TimeSpan.Zero, Status = AuditStatus.Pass, Digest = default, Platform = null }]);
        JToken token = StrictJson.Parse(bytes, "report");
        Assert.Equal(CanonicalJson.Write(token), bytes);
        Assert.Equal("/bin/su", (string?)token.SelectToken("results[0].findings[0].path"));
        Assert.Equal(1, (int)token.SelectToken("summary.failed")!);
        Assert.Equal("High", (string?)token.SelectToken("summary.worst"));
        Assert.Equal(JTokenType.Null, token.SelectToken("results[1].digest")!.Type);
        Assert.Equal(bytes, JsonReport.Write([Row with { Duration = TimeSpan.FromDays(1) }, Row with { Status = AuditStatus.Pass, Digest = default, Platform = null }]));
    }

    [Fact]
    public async Task Reports_are_written_together()
    {
        using TempFolder folder = new();
        await new ReportExporter().ExportAsync([Row], [folder.Combine("a.csv"), folder.Combine("sub", "b.JSON")], TestContext.Current.CancellationToken);
        Assert.Equal(["a.csv", "sub/", "sub/b.JSON"], folder.List());
    }

    [Fact]
    public async Task An_unknown_ending_writes_nothing_and_names_the_known_ones()
    {
        using TempFolder folder = new();
        ReportFormatUnknownException error = await Assert.ThrowsAsync<ReportFormatUnknownException>(() => new ReportExporter().ExportAsync([Row], [folder.Combine("a.csv"), folder.Combine("a.pdf")], TestContext.Current.CancellationToken));
        Assert.Contains(".csv, .htm, .html, .json, .md, .sarif, .xml", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.List());
    }

    [Fact]
    public async Task All_or_none()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.Combine("a.csv"), "old", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.Combine("file"), "x", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder.Combine("c.json"));
        await Assert.ThrowsAsync<PathNotWritableException>(() => new ReportExporter().ExportAsync([Row], [folder.Combine("a.csv"), folder.Combine("file", "b.json")], TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<PathNotWritableException>(() => new ReportExporter().ExportAsync([Row], [folder.Combine("a.csv"), folder.Combine("c.json")], TestContext.Current.CancellationToken));
        Assert.Equal("old", await File.ReadAllTextAsync(folder.Combine("a.csv"), TestContext.Current.CancellationToken));
        Assert.Equal(["a.csv", "c.json/", "file"], folder.List());
    }

    [Fact]
    public async Task A_set_that_is_cancelled_leaves_nothing()
    {
        using TempFolder folder = new();
        string first = folder.Combine("a.csv"), second = folder.Combine("b.csv"), third = folder.Combine("c.csv");
        await File.WriteAllTextAsync(first, "old", TestContext.Current.CancellationToken);
        await FileSet.WriteAsync([KeyValuePair.Create(first, "new"u8.ToArray()), KeyValuePair.Create(second, "b"u8.ToArray())], TestContext.Current.CancellationToken);
        Assert.Equal("new", await File.ReadAllTextAsync(first, TestContext.Current.CancellationToken));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileSet.WriteAsync([KeyValuePair.Create(first, "newer"u8.ToArray()), KeyValuePair.Create(third, "c"u8.ToArray())], cancelled.Token));
        Assert.Equal("new", await File.ReadAllTextAsync(first, TestContext.Current.CancellationToken));
        Assert.Equal(["a.csv", "b.csv"], folder.List());
    }

    [Fact]
    public void The_summary_counts() => Assert.Equal(
        "1 image: 1 passed, 1 failed (worst High), 1 error, 0 suppressed, 1 skipped",
        AuditSummary.Of([Row, Row with { Status = AuditStatus.Pass }, Row with { Status = AuditStatus.Error }, Row with { Status = AuditStatus.Skipped }]).ToString());
}
