using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

public class DockerfileRuleTests
{
    private static IEnumerable<RuleTable.Case> Whole => [.. RuleTable.FromHadolint, .. RuleTable.Own];

    internal static IReadOnlyList<AuditResult> Audit(string text, string pattern = "*", IReadOnlyList<string>? bases = null, IReadOnlyDictionary<string, string>? labels = null, AuditPolicy? policy = null)
    {
        DockerfileFacts facts = DockerfileFacts.Of(DockerfileParser.Parse(text), "/w/Dockerfile", "Dockerfile", bases, labels);
        DockerfileAuditor auditor = new(RuleCatalogue.Instance, null!, TimeProvider.System);
        return [.. auditor.Judge(facts, RuleCatalogue.Instance.SelectOnDockerfiles([pattern], []), policy ?? AuditPolicy.None, CancellationToken.None)];
    }

    private static string Complete(string text)
        => text.StartsWith("FROM ", StringComparison.Ordinal) || text.StartsWith("From ", StringComparison.Ordinal) || text.StartsWith("from ", StringComparison.Ordinal) || (text.StartsWith("ARG ", StringComparison.Ordinal) && text.Contains("\nFROM ", StringComparison.Ordinal)) || (text.StartsWith("# ", StringComparison.Ordinal) && text.Contains("\nFROM ", StringComparison.Ordinal)) ? text
            : text.StartsWith("RUN! ", StringComparison.Ordinal) ? "RUN " + text[5..] : RuleTable.Base + "\n" + text;

    private static string Verdict(string rule, string text)
    {
        AuditResult row = Assert.Single(Audit(Complete(text), rule));
        bool fires = row.Status == AuditStatus.Fail || (row.Severity == Severity.Info && row.Findings.Count > 0);
        return row.Status == AuditStatus.Error ? row.Message : fires ? "fires" : "quiet";
    }

    private static void Check(IEnumerable<RuleTable.Case> cases)
    {
        IEnumerable<string> wrong = cases.SelectMany(one => one.Fires.Select(text => (one.Rule, Text: text, Expected: "fires")).Concat(one.Quiet.Select(text => (one.Rule, Text: text, Expected: "quiet"))))
            .Select(one => (one, Said: Verdict(one.Rule, one.Text))).Where(pair => pair.Said != pair.one.Expected).Select(pair => $"{pair.one.Rule} was to be {pair.one.Expected} and is {pair.Said}: {pair.one.Text}");
        string[] all = [.. wrong];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    [Fact]
    [Fires("BI6001", "BI6002", "BI6003", "BI6004", "BI6005", "BI6006", "BI6007", "BI6008", "BI6009", "BI6010", "BI6011", "BI6012", "BI6013", "BI6014", "BI6015", "BI6016", "BI6017", "BI6018", "BI6019", "BI6020", "BI6021", "BI6022", "BI6023", "BI6024", "BI6025", "BI6027", "BI6028", "BI6029", "BI6030", "BI6031", "BI6032", "BI6033", "BI6034", "BI6035", "BI6036", "BI6037", "BI6038", "BI6039", "BI6040")]
    [Fires("BI6042", "BI6043", "BI6044", "BI6045", "BI6046", "BI6049", "BI6050", "BI6051", "BI6052", "BI6053", "BI6054", "BI6055", "BI6056", "BI6057", "BI6058", "BI6060", "BI6061", "BI6062", "BI6063", "BI6064", "BI6065", "BI6066", "BI6067", "BI6068", "BI6069", "BI6070", "BI6071")]
    [Quiet("BI6001", "BI6002", "BI6003", "BI6004", "BI6005", "BI6006", "BI6007", "BI6008", "BI6009", "BI6010", "BI6011", "BI6012", "BI6013", "BI6014", "BI6015", "BI6016", "BI6017", "BI6018", "BI6019", "BI6020", "BI6021", "BI6022", "BI6023", "BI6024", "BI6025", "BI6027", "BI6028", "BI6029", "BI6030", "BI6031", "BI6032", "BI6033", "BI6034", "BI6035", "BI6036", "BI6037", "BI6038", "BI6039", "BI6040")]
    [Quiet("BI6042", "BI6043", "BI6044", "BI6045", "BI6046", "BI6049", "BI6050", "BI6051", "BI6052", "BI6053", "BI6054", "BI6055", "BI6056", "BI6057", "BI6058", "BI6060", "BI6061", "BI6062", "BI6063", "BI6064", "BI6065", "BI6066", "BI6067", "BI6068", "BI6069", "BI6070", "BI6071")]
    public void Rules_that_hadolint_has_too() => Check(RuleTable.FromHadolint);

    [Fact]
    [Fires("BI6101", "BI6102", "BI6104", "BI6105", "BI6106", "BI6107", "BI6108", "BI6109", "BI6110", "BI6111", "BI6112", "BI6113", "BI6114", "BI6115", "BI6116", "BI6117", "BI6118", "BI6119", "BI6120", "BI6121", "BI6122", "BI6123", "BI6124", "BI6125", "BI6126", "BI6127", "BI6128", "BI6129", "BI6130", "BI6131", "BI6132", "BI6133", "BI6134", "BI6135", "BI6136", "BI6137", "BI6138", "BI6150", "BI6151", "BI6152", "BI6153", "BI6154", "BI6155")]
    [Quiet("BI6101", "BI6102", "BI6104", "BI6105", "BI6106", "BI6107", "BI6108", "BI6109", "BI6110", "BI6111", "BI6112", "BI6113", "BI6114", "BI6115", "BI6116", "BI6117", "BI6118", "BI6119", "BI6120", "BI6121", "BI6122", "BI6123", "BI6124", "BI6125", "BI6126", "BI6127", "BI6128", "BI6129", "BI6130", "BI6131", "BI6132", "BI6133", "BI6134", "BI6135", "BI6136", "BI6137", "BI6138", "BI6150", "BI6151", "BI6152", "BI6153", "BI6154", "BI6155")]
    public void Rules_of_our_own() => Check(RuleTable.Own);

    [Fact]
    [Fires("BI6041", "BI6059"), Quiet("BI6041", "BI6059")]
    public void Rules_on_what_builders_refuse() => Check(RuleTable.Refused);

    [Fact]
    public void The_table_has_two_texts_of_each_kind_for_every_rule()
    {
        string[] elsewhere = ["BI6026", "BI6047", "BI6048", "BI6103"];
        RuleTable.Case[] all = [.. Whole, .. RuleTable.Refused];
        Assert.Equal(RuleCatalogue.Instance.OnDockerfiles.Select(rule => rule.Describe.Id), all.Select(one => one.Rule).Concat(elsewhere).Order(StringComparer.Ordinal));
        Assert.All(all, one => Assert.True(one.Fires.Length >= 2 && one.Quiet.Length >= 2, one.Rule));

        // What is quiet is a Dockerfile that builders take, or it would prove nothing.
        Assert.All(all.SelectMany(one => one.Quiet), text => Assert.Empty(DockerfileParser.Parse(Complete(text)).Problems));
        Assert.All(Whole.SelectMany(one => one.Fires).Where(text => text != "COPY --from=1 /x /x"), text => Assert.Equal([], DockerfileParser.Parse(Complete(text)).Problems.Select(problem => $"{text}: {problem.Message}")));
    }

    [Fact]
    public void Every_rule_of_hadolint_has_its_equal()
    {
        int[] known = [1001, .. Enumerable.Range(3000, 5), .. Enumerable.Range(3006, 11), .. Enumerable.Range(3018, 13), .. Enumerable.Range(3032, 7), .. Enumerable.Range(3040, 28), 4000, 4001, 4003, 4004, 4005, 4006];
        Assert.Equal(71, known.Length);
        string[] equals = [.. RuleCatalogue.Instance.OnDockerfiles.SelectMany(rule => rule.Describe.Equivalent).Where(one => one.StartsWith("hadolint:", StringComparison.Ordinal))];
        Assert.Equal(known.Select(number => $"hadolint:DL{number}").Order(StringComparer.Ordinal), equals.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_item_of_CIS_4_that_a_Dockerfile_shows_has_a_rule()
        => Assert.All(Enumerable.Range(1, 12), item => Assert.Contains(RuleCatalogue.Instance.OnDockerfiles, rule => rule.Describe.References.Contains($"CIS Docker Benchmark 4.{item}", StringComparer.Ordinal)));

    [Fact]
    [Fires("BI6026"), Quiet("BI6026")]
    public void Bases_are_judged_by_the_policy_alone()
    {
        string Status(string text, params string[] bases) => Assert.Single(Audit(text, "BI6026", bases)).Status.ToString();
        Assert.Equal("Skipped", Assert.Single(Audit("FROM a:1", "BI6026")).Status.ToString());
        Assert.Equal("Fail", Status("FROM evil/a:1", "debian*"));
        Assert.Equal("Fail", Status("FROM debian:12\nCOPY --from=evil/x:1 /x /x", "debian*"));
        Assert.Equal("Fail", Status("FROM debian:12"));
        Assert.Equal("Pass", Status("FROM debian:12", "docker.io/library/debian"));
        Assert.Equal("Pass", Status("FROM reg.example/a:1@sha256:1 AS b\nFROM scratch\nCOPY --from=b /x /x", "reg.example/*"));
    }

    [Fact]
    [Fires("BI6047", "BI6048"), Quiet("BI6047", "BI6048")]
    public void Labels_are_judged_by_the_policy_alone()
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal) { ["org.example.team"] = "*", ["version"] = "1.*" };
        AuditResult Row(string rule, string text) => Assert.Single(Audit(text, rule, labels: wanted));
        Assert.Equal(AuditStatus.Skipped, Assert.Single(Audit("FROM a:1", "BI6047")).Status);
        Assert.Equal(2, Row("BI6047", "FROM a:1").Findings.Count);
        Assert.Single(Row("BI6047", "FROM a:1\nLABEL org.example.team=x version=2.0").Findings);
        Assert.Equal(AuditStatus.Pass, Row("BI6047", "FROM a:1 AS b\nLABEL org.example.team=x\nFROM b\nARG V\nLABEL version=$V").Status);
        Assert.Single(Row("BI6048", "FROM a:1\nLABEL team=x version=1").Findings);
        Assert.Empty(Row("BI6048", "FROM a:1\nLABEL version=1").Findings);
    }

    [Fact]
    public void A_file_with_mistakes_passes_nothing()
    {
        IReadOnlyList<AuditResult> rows = Audit("FROM debian\nRUM x\nUSER root\n");
        Assert.DoesNotContain(rows, row => row.Status == AuditStatus.Pass);
        Assert.Equal(AuditStatus.Fail, rows.Single(row => row.RuleId == "BI6004").Status);
    }

    [Fact]
    public void Rules_on_shells_leave_PowerShell_and_cmd_alone()
    {
        const string Text = "# escape=`\nFROM mcr.example/windows/servercore:ltsc2022@sha256:1\nSHELL [\"powershell\", \"-Command\", \"$ErrorActionPreference = 'Stop';\"]\nRUN cd C:\\x; Get-Process | Out-Null; sudo x; apt-get install vim\nRUN ps | kill; curl -k https://h | sh; chmod 777 x\nUSER ContainerUser\n";
        Assert.Equal([], Audit(Text).Where(row => row.Status == AuditStatus.Fail).Select(row => $"{row.RuleId} {row.Message}"));
        Assert.Equal(AuditStatus.Skipped, Assert.Single(Audit(Text, "BI6009")).Status);
        Assert.Equal([], Audit("FROM mcr.example/windows/nanoserver:1@sha256:1\nRUN cd c:\\x && dir | find \"x\"\nUSER ContainerUser\n").Where(row => row.Status == AuditStatus.Fail).Select(row => $"{row.RuleId} {row.Message}"));
    }
}
