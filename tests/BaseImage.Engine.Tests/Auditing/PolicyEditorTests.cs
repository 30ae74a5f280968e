using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Policies.Editing;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Reporting;
using BaseImage.Errors;
using BaseImage.Ports;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>Suppressions put into policies: what stood there stays, and what was written reads back.</summary>
public sealed class PolicyEditorTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Day = new(2027, 3, 31);
    private static readonly DataFiles Files = new(new Cmdlets.Data.PowerShellDataFile());
    private readonly TempFolder _folder = new(), _locks = new();

    public static TheoryData<string, string> Policies => new()
    {
        { "p.psd1", "@{\n    SchemaVersion = 1\n}\n" },
        { "p.psd1", "# why\n@{ SchemaVersion = 1 } # end\n" },
        { "p.psd1", "@{SchemaVersion=1;Suppressions=@()}" },
        { "p.psd1", "\uFEFF@{\r\n\tSchemaVersion = 1\r\n\tSuppressions = @(\r\n\t\t# none yet\r\n\t)\r\n}\r\n" },
        { "p.psd1", "@{\n    SchemaVersion = 1\n    Suppressions  = $null\n}\n" },
        { "p.psd1", "@{\n    SchemaVersion = 1\n    Suppressions  = @{ Rule = 'BI2004'; Reason = 'it''s )}'; Owner = \"o\"; Until = '2026-12-31' } # one\n}\n" },
        { "p.psd1", "@{\n    SchemaVersion = 1\n    Suppressions  = @{ Rule = 'BI2004'; Reason = 'r'; Owner = 'o'; Until = '2026-12-31' },\n        @{ Rule = 'BI2003'; Reason = 'r'; Owner = 'o'; Until = '2026-12-31' }\n    Limits = @{ Size = '1 MiB' }\n}\n" },
        { "p.psd1", "@{\n    SchemaVersion = 1\n    Suppressions  = @(\n        # the first )\n        @{ Rule = 'BI2004'; Reason = @'\na ) 'b' }\n'@; Owner = 'o'; Until = '2026-12-31' } <# } ) #>\n\n        @{\n            Rule = 'BI2003'; Reason = 'r'\n            Owner = 'o'; Until = '2026-12-31'\n        }\n        # the last\n    )\n    Disabled = @{}\n}\n" },
        { "p.psd1", "@{\n    SchemaVersion = 1\n    Suppressions  = @(@{ Rule = 'BI2004'; Reason = 'r'; Owner = 'o'; Until = '2026-12-31' }, @{ Rule = 'BI2003'; Reason = 'r'; Owner = 'o'; Until = '2026-12-31' })\n}\n" },
        { "p.json", "{ \"SchemaVersion\": 1 }" },
        { "p.json", "{\n  \"SchemaVersion\": 1,\n  \"Suppressions\": []\n}\n" },
        { "p.json", "{\r\n  \"SchemaVersion\": 1,\r\n  \"Suppressions\": [\r\n    { \"Rule\": \"BI2004\", \"Reason\": \"]}\\\"\", \"Owner\": \"o\", \"Until\": \"2026-12-31\" }\r\n  ],\r\n  \"Disabled\": {}\r\n}\r\n" },
        { "p.json", "{\"Suppressions\": { \"Rule\": \"BI2004\", \"Reason\": \"r\", \"Owner\": \"o\", \"Until\": \"2026-12-31\" }, \"SchemaVersion\": 1}" },
        { "p.json", "{ \"SchemaVersion\": 1, \"Suppressions\": null }" },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task What_stands_in_a_policy_stays_and_the_new_reads_back(string name, string text)
    {
        string path = await WriteAsync(name, text);
        int before = (await ReadAsync(path)).Suppressions.Count;
        Assert.True(await SuppressAsync(path, Finding("/usr/bin/su"), Finding("/usr/bin/a")));
        string after = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        AuditPolicy policy = await ReadAsync(path);
        Assert.Equal(before + 2, policy.Suppressions.Count);
        Assert.Equal(["/usr/bin/su", "/usr/bin/a"], policy.Suppressions.Skip(before).Select(suppression => suppression.Path));
        Assert.True(IsWithin(text.Replace("$null", "", StringComparison.Ordinal).Replace("null", "", StringComparison.Ordinal), after), after);
        Assert.Equal(text.Contains('\r', StringComparison.Ordinal), after.Contains('\r', StringComparison.Ordinal));
        Assert.DoesNotMatch("\r(?!\n)", after);
        Assert.True(!text.Contains('\r', StringComparison.Ordinal) || !System.Text.RegularExpressions.Regex.IsMatch(after, "(?<!\r)\n"), after);
        Assert.Equal(text.StartsWith('\uFEFF'), after.StartsWith('\uFEFF'));

        // Again: nothing to write.
        Assert.False(await SuppressAsync(path, Finding("/usr/bin/su"), Finding("/usr/bin/su"), Finding("/usr/bin/a")));
        Assert.Equal(after, Encoding.UTF8.GetString(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("new.psd1")]
    [InlineData("sub/new.json")]
    public async Task A_policy_is_made_where_there_is_none_and_suppresses_what_was_found(string name)
    {
        TestFacts facts = new TestFacts().Program("/usr/bin/su", 0x9ED).Program("/usr/bin/x*", 0x9ED);
        string path = _folder.Combine(name);
        Assert.True(await SuppressAsync(path, [.. facts.Row("BI2001").Findings]));
        AuditPolicy policy = await ReadAsync(path);
        Assert.Equal(AuditStatus.Suppressed, facts.Row("BI2001", policy, Now).Status);
        Assert.Equal(AuditStatus.Fail, facts.Row("BI2001", policy, Now.AddDays(200)).Status);
        Assert.Equal(["/usr/bin/su", null], policy.Suppressions.Select(suppression => suppression.Path));
        Assert.Equal(AuditStatus.Fail, new TestFacts { Name = "other" }.Program("/usr/bin/su", 0x9ED).Row("BI2001", policy, Now).Status);
    }

    [Fact]
    public async Task The_same_finding_again_is_extended_and_never_shortened()
    {
        string path = await WriteAsync("p.psd1", "@{\n    SchemaVersion = 1\n}\n");
        await SuppressAsync(path, Finding("/usr/bin/su"));
        Assert.True(await EditAsync(path, "new reason", "new owner", Day.AddDays(10), Finding("/usr/bin/su")));
        Assert.True(await EditAsync(path, "third reason", "new owner", Day.AddDays(-10), Finding("/usr/bin/su")));
        Suppression suppression = Assert.Single((await ReadAsync(path)).Suppressions);
        Assert.Equal(("third reason", "new owner", Day.AddDays(10)), (suppression.Reason, suppression.Owner, suppression.Until));
    }

    [Theory]
    [InlineData("p.psd1")]
    [InlineData("p.json")]
    public void Any_text_reads_back(string name)
    {
        Gen<string> text = Gen.OneOf(Gen.Elements(TestRows.Hostile), Gen.Elements("'", "''", "$(throw)", "`n", "@'\nx\n'@", "${x}", "\"", "\\", "#", "<# #>", "‘x’", "‚‛'", "“”„", "‘", "x'", "; Rule = 'BI*'", "' }; @{ Rule = 'BI2*'"), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""));
        Prop.ForAll(text.ArrayOf(3).ToArbitrary(), values =>
        {
            (string reason, string owner, string path) = (values[0], values[1], values[2]);
            NewSuppression wanted = new("BI2001", null, "/" + path.Replace("\r\n", "\n", StringComparison.Ordinal), new string('a', 32), reason + "x", "o" + owner, Day);
            PolicyNotation notation = PolicyNotation.Of(name);
            string edited = SuppressionEdit.Apply(notation.Empty, (Documents.DataTable)Files.Parse(Encoding.UTF8.GetBytes(notation.Empty), "/p/" + name).Root!, [wanted], notation);
            Documents.DataDocument document = Files.Parse(Encoding.UTF8.GetBytes(edited), "/p/" + name);
            Assert.Empty(document.Problems);
            Documents.DataTable item = Assert.IsType<Documents.DataTable>(Assert.Single(Assert.IsType<Documents.DataList>(PolicyMerge.Find((Documents.DataTable)document.Root!, "Suppressions")).Items));
            Assert.Equal(6, item.Entries.Count);
            string Whole(string value) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)).Replace("\r\n", "\n", StringComparison.Ordinal);
            Assert.Equal(Whole(wanted.Reason), ((Documents.DataScalar)PolicyMerge.Find(item, "Reason")!).Value is string read ? Whole(read) : null);
            Assert.Equal(Whole(wanted.Path!), ((Documents.DataScalar)PolicyMerge.Find(item, "Path")!).Value is string at ? Whole(at) : null);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Hostile_reasons_and_findings_stay_texts_on_disk()
    {
        foreach (string name in (string[])["h.psd1", "h.json"])
        {
            int count = 0;
            foreach (string hostile in TestRows.Hostile)
            {
                await EditAsync(_folder.Combine(name), "r " + hostile, "o " + hostile, Day, Finding(hostile, (++count).ToString("x32", System.Globalization.CultureInfo.InvariantCulture)));
            }

            AuditPolicy policy = await ReadAsync(_folder.Combine(name));
            Assert.Equal(TestRows.Hostile.Length, policy.Suppressions.Count);
            Assert.All(policy.Suppressions, suppression => Assert.DoesNotContain(suppression.Reason, char.IsControl));
            Assert.All(policy.Suppressions, suppression => Assert.Equal("BI2001", suppression.Rule));
        }
    }

    [Fact]
    public async Task What_cannot_be_written_leaves_the_file_as_it_was()
    {
        await WriteAsync("company.psd1", "@{ SchemaVersion = 1; Final = 'BI2001' }");
        string path = await WriteAsync("web.psd1", "@{ SchemaVersion = 1; Extends = 'company.psd1' }");
        PolicyInvalidException final = await Assert.ThrowsAsync<PolicyInvalidException>(() => SuppressAsync(path, Finding("/usr/bin/su")));
        Assert.Contains("is final", final.Message, StringComparison.Ordinal);
        Assert.Equal("@{ SchemaVersion = 1; Extends = 'company.psd1' }", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        string broken = await WriteAsync("broken.psd1", "@{ SchemaVersion = 1; Supressions = @() }");
        await Assert.ThrowsAsync<PolicyInvalidException>(() => SuppressAsync(broken, Finding("/usr/bin/su")));
        await Assert.ThrowsAsync<SuppressionInvalidException>(() => EditAsync(path, "r", "o", DateOnly.FromDateTime(Now.Date).AddDays(-1), Finding("/x")));
        await Assert.ThrowsAsync<FileKindUnknownException>(() => SuppressAsync(_folder.Combine("p.yaml"), Finding("/x")));
        Assert.Equal(["broken.psd1", "company.psd1", "web.psd1"], _folder.List());
    }

    [Fact]
    public async Task Many_findings_are_one_write()
    {
        string path = _folder.Combine("many.psd1");
        Assert.True(await SuppressAsync(path, [.. Enumerable.Range(0, 2_000).Select(i => Finding($"/usr/bin/p{i}", i.ToString("x32", System.Globalization.CultureInfo.InvariantCulture)))]));
        Assert.Equal(2_000, (await ReadAsync(path)).Suppressions.Count);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _locks.Dispose();
    }

    private static AuditFinding Finding(string path, string? fingerprint = null) => new()
    {
        RuleId = "BI2001",
        Severity = Severity.Medium,
        Image = $"store:web@sha256:{new string('a', 64)}",
        Path = path,
        Message = "set-user-ID",
        Fingerprint = fingerprint ?? Fingerprint.Of("BI2001", "web", path, ""),
    };

    // Every character of the one stands in the other, in its order.
    private static bool IsWithin(string text, string longer)
    {
        int at = 0;
        foreach (char c in longer)
        {
            at += at < text.Length && text[at] == c ? 1 : 0;
        }

        return at == text.Length;
    }

    [Fact]
    public async Task Nothing_that_is_written_at_once_is_lost()
    {
        string path = await WriteAsync("p.psd1", "@{\n    SchemaVersion = 1 # ours\n}\n");
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => SuppressAsync(path, Finding($"/usr/bin/p{i}")), TestContext.Current.CancellationToken)));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => $"/usr/bin/p{i}").Order(StringComparer.Ordinal), (await ReadAsync(path)).Suppressions.Select(suppression => suppression.Path!).Order(StringComparer.Ordinal));
        Assert.Contains("# ours", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["p.psd1"], _folder.List());
    }

    [Theory]
    [InlineData("BI0000")]
    [InlineData("BI6000")]
    public async Task What_could_not_be_read_is_never_accepted(string rule)
    {
        string path = _folder.Combine("p.json");
        SuppressionInvalidException error = await Assert.ThrowsAsync<SuppressionInvalidException>(() => SuppressAsync(path, Finding("/usr/bin/su"), Finding("Dockerfile") with { RuleId = rule }));
        Assert.Contains($"{rule} says that something could not be read", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        foreach (string table in new[] { $$"""  "Disabled": { "{{rule}}": "r" } """, $$""" "Severities": { "{{rule.ToLowerInvariant()}}": "Low" } """, $$""" "Suppressions": { "Rule": "{{rule}}", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } """ })
        {
            await WriteAsync("p.json", $$"""{ "SchemaVersion": 1, {{table}} }""");
            PolicyInvalidException told = await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync(path));
            Assert.Contains("no policy changes that", told.Message, StringComparison.Ordinal);
            Assert.Contains("p.json:1:", told.Message, StringComparison.Ordinal);
        }
    }

    private Task<bool> SuppressAsync(string path, params AuditFinding[] findings) => EditAsync(path, "cron's needs", "platform team", Day, findings);

    private Task<bool> EditAsync(string path, string reason, string owner, DateOnly until, params AuditFinding[] findings)
        => new PolicyEditor(Files, new PolicyReader(Files, RuleCatalogue.Instance), new FixedTime(Now), () => new BaseImagePaths(_locks.Path, _locks.Path, [])).SuppressAsync(new SuppressionRequest(path, findings, reason, owner, until), TestContext.Current.CancellationToken);

    private static async Task<AuditPolicy> ReadAsync(string path) => (await new PolicyReader(Files, RuleCatalogue.Instance).ReadAsync(path, TestContext.Current.CancellationToken)).General;

    private async Task<string> WriteAsync(string name, string text)
    {
        string path = _folder.Combine(name);
        await File.WriteAllBytesAsync(path, Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        return path;
    }
}
