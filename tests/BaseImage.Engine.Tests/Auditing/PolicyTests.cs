using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Auditing;

public class PolicyTests
{
    private static readonly TestFacts Facts = new TestFacts().Program("/bin/su", 0x9ED).Program("/usr/bin/passwd", 0x9ED);

    private static AuditPolicy Read(string json)
        => new PolicyReader(new DataFiles(null!), RuleCatalogue.Instance).Read(JsonDataFile.Read(Encoding.UTF8.GetBytes(json), "/p/policy.json")).General;

    private static string Suppress(string path = "/bin/*", string image = "web", string until = "2026-12-31")
        => $$"""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Image": "{{image}}", "Path": "{{path}}", "Reason": "cron needs it", "Owner": "platform", "Until": "{{until}}" } ] }""";

    [Fact]
    public void Severities_change_and_notes_stay_below()
    {
        AuditPolicy policy = Read("""{ "SchemaVersion": 1, "Severities": { "bi2001": "critical" } }""");
        AuditResult row = new TestFacts().Program("/bin/su", 0x9ED).File("/etc/odd", 0x9A4).Row("BI2001", policy);
        Assert.Equal(Severity.Critical, row.Severity);
        Assert.Equal([Severity.Critical, Severity.Info], row.Findings.Select(f => f.Severity));
        Assert.Equal((AuditStatus.Fail, Severity.Info), (Facts.Row("BI2001", Read("""{ "SchemaVersion": 1, "Severities": { "BI2001": "Info" } }""")).Status, Facts.Row("BI2001", Read("""{ "SchemaVersion": 1, "Severities": { "BI2001": "Info" } }""")).Severity));
    }

    [Fact]
    public void A_suppression_takes_its_findings_and_no_others()
    {
        AuditResult row = Facts.Row("BI2001", Read(Suppress()));
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Equal("/usr/bin/passwd", row.Findings[0].Path);
        Assert.Contains("1 suppressed (accepted until 2026-12-31 by platform: cron needs it), 1 left", row.Message, StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Suppressed, Facts.Row("BI2001", Read(Suppress("/**"))).Status);
        Assert.Equal(AuditStatus.Fail, Facts.Row("BI2001", Read(Suppress("/**", "other*"))).Status);
        Assert.Equal(AuditStatus.Suppressed, Facts.Row("BI2001", Read(Suppress("/**", "oci:/images/web@*"))).Status);
        Assert.Equal(2, Facts.Row("BI2001", Read(Suppress("/**"))).Findings.Count);
    }

    [Theory]
    [InlineData("2026-12-31T23:59:59Z", AuditStatus.Suppressed)]
    [InlineData("2027-01-01T00:00:00Z", AuditStatus.Fail)]
    [InlineData("2027-01-01T13:00:00+14:00", AuditStatus.Suppressed)]
    [InlineData("2026-12-31T12:30:00-12:00", AuditStatus.Fail)]
    public void A_suppression_ends_with_its_day_in_utc(string now, AuditStatus expected)
    {
        AuditResult row = Facts.Row("BI2001", Read(Suppress("/**")), DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(expected, row.Status);
        Assert.Equal(expected == AuditStatus.Fail, row.Message.Contains("No longer suppressed: a suppression by platform expired on 2026-12-31", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "SchemaVersion": 1, "Supressions": [] }""", "Suppressions")]
    [InlineData("""{ "SchemaVersion": 1, "Rules": {} }""", "Severities")]
    [InlineData("""{ "SchemaVersion": 1, "Disabled": { "BI20001": "x" } }""", "BI2001")]
    [InlineData("""{ "SchemaVersion": 1, "Disabled": { "BI2001": "" } }""", "why")]
    [InlineData("""{ "SchemaVersion": 1, "Severities": { "BI2001": "Heigh" } }""", "High")]
    [InlineData("""{ "SchemaVersion": 2 }""", "1")]
    [InlineData("""{ }""", "SchemaVersion")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Owner": "o", "Until": "2026-12-31" } ] }""", "acceptable")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Until": "2026-12-31" } ] }""", "answers")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "o" } ] }""", "2026-12-31")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Reason": " ", "Owner": "o", "Until": "2026-12-31" } ] }""", "acceptable")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "o", "Until": "31.12.2026" } ] }""", "2026-12-31")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "o", "Until": "2026-02-30" } ] }""", "2026-12-31")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI9*", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } ] }""", "Get-BaseImageRule")]
    [InlineData("""{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Path": "bin/su", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } ] }""", "/bin/su")]
    public void Mistakes_have_a_place_and_a_hint(string json, string hint)
    {
        PolicyInvalidException error = Assert.Throws<PolicyInvalidException>(() => Read(json));
        Assert.Equal("PolicyInvalid", error.ErrorId);
        Assert.StartsWith("/p/policy.json:1:", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Problems, problem => problem.Hint.Contains(hint, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"1 kB\"", 1_000, AuditStatus.Pass)]
    [InlineData("\"1 kB\"", 1_001, AuditStatus.Fail)]
    [InlineData("\"1.5 KiB\"", 1_536, AuditStatus.Pass)]
    [InlineData("\"1.5 kib\"", 1_537, AuditStatus.Fail)]
    [InlineData("1000", 1_000, AuditStatus.Pass)]
    [InlineData("\"2MiB\"", 2_097_153, AuditStatus.Fail)]
    [Fires("BI2009"), Quiet("BI2009")]
    public void A_size_is_held_to_the_byte(string limit, long size, AuditStatus expected)
    {
        AuditPolicy policy = Read($$"""{ "SchemaVersion": 1, "Limits": { "Size": {{limit}} } }""");
        TestFacts facts = new TestFacts().File("/big", size: size - 1).File("/small", size: 1).File("/again", kind: ImageFileKind.HardLink, size: size);
        AuditResult row = facts.Row("BI2009", policy);
        Assert.Equal(expected, row.Status);
        Assert.Equal(expected is AuditStatus.Fail, row.Message.Contains("The largest: /big (", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_without_a_size_says_how_to_state_one()
    {
        AuditResult row = new TestFacts().File("/big", size: long.MaxValue / 2).Row("BI2009");
        Assert.Equal(AuditStatus.Skipped, row.Status);
        Assert.Contains("Limits = @{ Size = '24 MiB' }", row.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"MiB\"")]
    [InlineData("\"-1 MiB\"")]
    [InlineData("\"0\"")]
    [InlineData("\"12 parsecs\"")]
    [InlineData("\"99999999999999999999999999999999 GiB\"")]
    [InlineData("\"1e9\"")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("-5")]
    public void What_is_no_size_is_told_with_its_place(string size)
    {
        PolicyInvalidException error = Assert.Throws<PolicyInvalidException>(() => Read($$"""{ "SchemaVersion": 1, "Limits": { "Size": {{size}} } }"""));
        Assert.StartsWith("/p/policy.json:1:", error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Problems, problem => problem.Hint.Contains("24 MiB", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/a/**", "/a", true)]
    [InlineData("/a/**", "/a/b/c", true)]
    [InlineData("/a/**", "/ab", false)]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a/b/c", false)]
    [InlineData("**/x", "/a/b/x", true)]
    [InlineData("/A", "/a", false)]
    [InlineData("/a?c", "/abc", true)]
    [InlineData("/a?c", "/a/c", false)]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Globs_match_paths(string pattern, string path, bool expected) => Assert.Equal(expected, Wildcard.IsPathMatch(pattern, path));
}
