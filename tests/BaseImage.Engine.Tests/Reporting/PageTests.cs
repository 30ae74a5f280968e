using BaseImage.Engine.Reporting.Html;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Reporting;

/// <summary>The page in a real browser: its filters by keyboard, its colours, and hostile texts that stay texts.</summary>
public sealed class PageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Filters_work_by_keyboard()
    {
        await using Browser browser = await Browser.OpenAsync(await WriteAsync(TestRows.Sample));
        Assert.Equal(["BI0000", "ACME-1", "BI2001", "BI6001", "BI2004"], await browser.VisibleAsync());
        Assert.Equal("5 of 7 rows.", await browser.EvaluateAsync("document.getElementById('count').textContent"));

        // '/' goes to the search without being typed there.
        await browser.TypeAsync("/", "b", "i", "2", "0");
        Assert.Equal("bi20", await browser.EvaluateAsync("document.activeElement.value"));
        Assert.Equal(["BI2001", "BI2004"], await browser.VisibleAsync());
        await browser.TypeAsync("Escape");
        Assert.Equal(5, (await browser.VisibleAsync()).Length);

        // Row to row, and open one.
        await browser.TypeAsync("j", "j", "Enter");
        Assert.Equal("ACME-1", await browser.EvaluateAsync("document.querySelector('.row[open] .r').textContent"));
        await browser.TypeAsync("k");
        Assert.Equal("BI0000", await browser.EvaluateAsync("document.activeElement.querySelector('.r').textContent"));

        // Tab reaches the first box (Error), and space takes its rows away.
        await browser.TypeAsync("Escape");
        await browser.EvaluateAsync("document.querySelector('input[name=status]').focus()");
        await browser.TypeAsync(" ");
        Assert.DoesNotContain("BI0000", await browser.VisibleAsync());
        await browser.TypeAsync("Tab", "Tab", "Tab", "Tab");
        Assert.Equal("Pass", await browser.EvaluateAsync("document.activeElement.value"));
        await browser.TypeAsync(" ");
        Assert.Contains("BI1001", await browser.VisibleAsync());

        // A list of the page takes the keyboard too.
        await browser.TypeAsync("Tab", "C");
        Assert.Equal(["ACME-1"], await browser.VisibleAsync());
        Assert.Empty(browser.Complaints);
    }

    [Theory]
    [InlineData(false, "rgb(255, 255, 255)")]
    [InlineData(true, "rgb(20, 24, 29)")]
    public async Task It_is_light_or_dark_as_the_reader_is_and_shows_what_fills_an_image(bool dark, string ground)
    {
        await using Browser browser = await Browser.OpenAsync(await WriteAsync(TestRows.Sample), dark);
        Assert.Equal(ground, await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor"));
        JToken boxes = await browser.EvaluateAsync("Array.from(document.querySelectorAll('svg')[0].querySelectorAll('rect')).map(r => [r.getBoundingClientRect().width > 50, getComputedStyle(r).fill])");
        Assert.Equal(2, boxes.Count());
        Assert.All(boxes, box => Assert.True((bool)box[0]!));
        Assert.Equal("rgb(158, 197, 255)", (string?)boxes[0]![1]);
        Assert.Equal("libc6", await browser.EvaluateAsync("document.querySelector('svg text').textContent"));
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Hostile_texts_stay_texts()
    {
        AuditResult[] rows = [.. TestRows.Hostile.Select(text => TestRows.Row(image: text, message: text, path: text) with { Title = text, Remediation = text })];
        await using Browser browser = await Browser.OpenAsync(await WriteAsync(rows));
        Assert.Equal(rows.Length, await browser.EvaluateAsync("document.querySelectorAll('.row').length"));
        Assert.Equal(0, await browser.EvaluateAsync("document.querySelectorAll('img, a, iframe, [onerror], [href], [src]').length"));
        Assert.Equal(1, await browser.EvaluateAsync("document.scripts.length"));
        Assert.Contains("</script><script>alert(1)</script>", (await browser.EvaluateAsync("Array.from(document.querySelectorAll('.row > p:first-of-type')).map(p => p.textContent)")).Select(text => (string)text!));

        // What the page itself did not bring cannot run, even where it gets in.
        await browser.EvaluateAsync("document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))");
        Assert.Equal(JTokenType.Null, (await browser.EvaluateAsync("window.ran ?? null")).Type);
        Assert.Contains(browser.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> WriteAsync(IReadOnlyList<AuditResult> rows)
    {
        Dictionary<string, ImageFill?> fills = new() { ["web"] = new ImageFill(300, [new FillPart("libc6", 200), new FillPart("zlib1g", 100)], [new FillPart("/usr/lib", 300)]), ["gone"] = null };
        string path = _folder.Combine("report.html");
        await File.WriteAllBytesAsync(path, HtmlReport.Write(rows, fills), TestContext.Current.CancellationToken);
        return path;
    }
}
