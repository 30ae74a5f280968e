using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>Rules of one's own, before there is a script block in them.</summary>
public class CustomRuleTests
{
    private static readonly TestFacts Facts = new TestFacts().File("/etc/passwd", content: "root:x:0:0::/root:/bin/sh\n").File("/opt/x");

    [Fact]
    public async Task What_is_asked_for_and_cannot_be_had_is_an_error_even_where_the_rule_swallows_it()
    {
        ImageFacts facts = Facts.Build();
        ImageFacts damaged = facts with { Files = new FileFacts([], null, null) { ListPackages = () => throw new InvalidDataException("The database is damaged.") } };
        AuditResult row = await EvaluateAsync(damaged, image =>
        {
            try
            {
                return [.. image.Packages.Select(package => new CustomFinding(package.Name))];
            }
            catch (InvalidDataException)
            {
                return [];
            }
        });
        Assert.Equal((AuditStatus.Error, "The rule could not be evaluated: The database is damaged."), (row.Status, row.Message));
    }

    [Fact]
    public async Task Findings_have_places_severities_up_to_the_rules_and_fingerprints()
    {
        AuditResult row = await EvaluateAsync(Facts.Build(), image =>
        [
            new CustomFinding("has " + image.ReadText("/etc/passwd")!.Split(':')[0], "/etc/passwd", Severity.Critical, 1), new CustomFinding("low", "/opt/x", Severity.Low), new CustomFinding("as a whole"), new CustomFinding("also as a whole"),
        ]);
        Assert.Equal((AuditStatus.Fail, Severity.High), (row.Status, row.Severity));
        Assert.Equal([Severity.High, Severity.Low, Severity.High, Severity.High], row.Findings.Select(finding => finding.Severity));
        Assert.Equal("has root", row.Findings[0].Message);
        Assert.Equal(4, row.Findings.Select(finding => finding.Fingerprint).Distinct().Count());
        Assert.Equal("4 findings.", row.Message);
    }

    [Fact]
    public async Task Findings_at_one_path_have_fingerprints_of_their_own()
    {
        async Task<string[]> Of(params CustomFinding[] found) => [.. (await EvaluateAsync(Facts.Build(), _ => found)).Findings.Select(finding => finding.Fingerprint)];
        CustomFinding one = new("one", "/opt/x", Line: 3), two = new("two", "/opt/x"), again = new("one", "/opt/x", Line: 9), other = new("one", "/etc/passwd");
        string[] all = await Of(one, two, again, other);
        Assert.Equal(4, all.Distinct(StringComparer.Ordinal).Count());

        // Neither their order nor lines count, and what has its path to itself is told by the path alone.
        Assert.Equal([all[1], all[0]], await Of(two, one with { Line = 5 }));
        Assert.Equal([all[3], Assert.Single(await Of(one with { Message = "other words" }))], [Assert.Single(await Of(other with { Message = "other words" })), Assert.Single(await Of(one))]);
    }

    [Fact]
    public async Task Hostile_words_are_made_safe_and_too_many_are_an_error()
    {
        string token = TestSecrets.All().First(secret => secret.Kind == "GitHub token").Secret;
        AuditResult row = await EvaluateAsync(Facts.Build(), _ => [new CustomFinding("a\u001b[2J\u202e " + token, "/x\ny")]);
        Assert.DoesNotContain(row.Message + row.Findings[0].Path, char.IsControl);
        Assert.DoesNotContain(token[8..], row.Message, StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Error, (await EvaluateAsync(Facts.Build(), _ => [.. Enumerable.Repeat(new CustomFinding("x"), 10_001)])).Status);
    }

    [Fact]
    public async Task Windows_images_are_judged_by_what_needs_no_files()
    {
        ImageFacts facts = new TestFacts { Platform = new Platform("windows", "amd64") }.Build(withFiles: false);
        Assert.Equal(AuditStatus.Skipped, (await EvaluateAsync(facts, _ => [])).Status);
        Assert.Equal(AuditStatus.Pass, (await EvaluateAsync(facts, image => image.Config.User == "65532:65532" ? [] : [new CustomFinding("x")], needsFiles: false)).Status);
        Assert.Equal(AuditStatus.Error, (await EvaluateAsync(facts, image => [new CustomFinding($"{image.Files.Count}")], needsFiles: false)).Status);
    }

    [Theory]
    [InlineData("BI9001")]
    [InlineData("bi1-x")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("1a")]
    [InlineData("ACME*")]
    [InlineData("ä")]
    public void Ids_of_the_catalogue_and_odd_ones_are_refused(string id)
        => Assert.Equal("CustomRuleInvalid", Assert.Throws<CustomRuleInvalidException>(() => CustomRuleId.Check([Rule(id, _ => [])])).ErrorId);

    [Theory]
    [InlineData("ACME-001")]
    [InlineData("bi")]
    [InlineData("BIG.rule_2")]
    public void Other_ids_are_taken(string id) => CustomRuleId.Check([Rule(id, _ => [])]);

    private static AuditRule Rule(string id, Func<AuditedImage, IReadOnlyList<CustomFinding>> evaluate, bool needsFiles = true)
        => new() { Id = id, Title = "t", Severity = Severity.High, Category = "c", Rationale = "", Remediation = "", Check = new RuleCheck("script", needsFiles, evaluate) };

    private static Task<AuditResult> EvaluateAsync(ImageFacts facts, Func<AuditedImage, IReadOnlyList<CustomFinding>> evaluate, bool needsFiles = true)
    {
        AuditRule rule = Rule("ACME-1", evaluate, needsFiles);
        CustomRule own = new(rule, (image, _) => Task.FromResult(rule.Check!.Evaluate(image)));
        return CustomRules.EvaluateAsync(own, facts, AuditPolicy.None, new ResultBuilder(AuditPolicy.None, TimeProvider.System), TestContext.Current.CancellationToken);
    }
}
