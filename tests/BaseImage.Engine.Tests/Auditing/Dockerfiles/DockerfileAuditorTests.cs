using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

public class DockerfileAuditorTests
{
    private const string Marks = "\n\\\"'`$<>|&;(){}[]=#\0\u202e x-";

    private static async Task<List<AuditResult>> AuditAsync(DockerfileAuditRequest request)
    {
        DockerfileAuditor auditor = new(RuleCatalogue.Instance, new PolicyReader(new DataFiles(null!), RuleCatalogue.Instance), TimeProvider.System);
        List<AuditResult> rows = [];
        await foreach (AuditResult row in auditor.AuditAsync(request, TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    [Fact]
    [Fires("BI6000"), Quiet("BI6000")]
    public async Task A_file_that_cannot_be_read_or_parsed_is_a_row()
    {
        using TempFolder folder = new("dockerfile");
        List<AuditResult> missing = await AuditAsync(new() { Path = folder.Combine("Dockerfile"), Name = "Dockerfile" });
        Assert.Equal(("BI6000", AuditStatus.Error), (Assert.Single(missing).RuleId, missing[0].Status));
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "FROM a:1\nRUM x\nCOPY y\n", TestContext.Current.CancellationToken);
        List<AuditResult> broken = await AuditAsync(new() { Path = folder.Combine("Dockerfile"), Name = "web/Dockerfile" });
        Assert.Equal((AuditStatus.Error, 2), (broken[0].Status, broken[0].Findings.Count));
        Assert.Contains("Line 2, column 1: 'RUM' is no instruction. Did you mean RUN?", broken[0].Message, StringComparison.Ordinal);
        Assert.Equal((2, "web/Dockerfile"), (broken[0].Findings[0].Line, broken[0].Findings[0].Path));
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "FROM a:1\n", TestContext.Current.CancellationToken);
        List<AuditResult> whole = await AuditAsync(new() { Path = folder.Combine("Dockerfile"), Name = "web/Dockerfile" });
        Assert.DoesNotContain(whole, row => row.RuleId == "BI6000");
        Assert.Equal(RuleCatalogue.Instance.OnDockerfiles.Count, whole.Count);
        Assert.All(whole, row => Assert.Equal(folder.Combine("Dockerfile"), row.Image));
    }

    [Fact]
    public async Task What_is_too_large_to_be_a_Dockerfile_is_a_row()
    {
        using TempFolder folder = new("dockerfile");
        await using (FileStream file = new(folder.Combine("Dockerfile"), FileMode.CreateNew))
        {
            file.SetLength(DockerfileReader.MaximumBytes + 1);
        }

        AuditResult row = Assert.Single(await AuditAsync(new() { Path = folder.Combine("Dockerfile"), Name = "Dockerfile" }));
        Assert.Equal((AuditStatus.Error, "DockerfileInvalid"), (row.Status, row.Evidence[0]));
    }

    [Theory]
    [InlineData("RUN sh\n", 5_001, "instructions")]
    [InlineData("FROM a:1\n", 201, "stages")]
    [InlineData("# hadolint ignore=DL3008\n", 20_001, "lines")]
    [InlineData("ENV a=1 b=2 c=3 d=4 e=5\n", 4_001, "variables")]
    public async Task Files_made_to_be_slow_are_one_row(string line, int times, string what)
    {
        AuditResult row = Assert.Single(await AuditAsync(new() { Path = "x", Name = "x", Content = "FROM a:1\n" + string.Concat(Enumerable.Repeat(line, times)) }));
        Assert.Equal(AuditStatus.Error, row.Status);
        Assert.Contains(what, row.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_what_was_asked_for_is_an_error_and_no_row()
    {
        await Assert.ThrowsAsync<RuleNotFoundException>(() => AuditAsync(new() { Path = "x", Name = "x", Content = "FROM a", Rules = ["BI6999"] }));
        RuleNotFoundException error = await Assert.ThrowsAsync<RuleNotFoundException>(() => AuditAsync(new() { Path = "x", Name = "x", Content = "FROM a", Rules = ["BI2*"] }));
        Assert.StartsWith("Test-BaseImage ", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_chosen_and_left_out()
    {
        List<AuditResult> rows = await AuditAsync(new() { Path = "x", Name = "x", Content = "FROM a:1\n", Rules = ["BI600*"], ExcludedRules = ["BI6005"] });
        Assert.Equal(["BI6001", "BI6002", "BI6003", "BI6004", "BI6006", "BI6007", "BI6008", "BI6009"], rows.Select(row => row.RuleId));
    }

    /// <summary>Rules meet whatever the parser lets through: none may break, hang or say a control character.</summary>
    [Fact]
    public async Task Damaged_files_break_no_rule()
    {
        string whole = string.Join('\n', RuleTable.FromHadolint.Concat(RuleTable.Own).SelectMany(one => one.Fires.Take(1)));
        Random random = new(6);
        for (int i = 0; i < 60; i++)
        {
            char[] text = whole.Substring(random.Next(whole.Length / 2), whole.Length / 3).ToCharArray();
            for (int edits = 0; edits < 40; edits++)
            {
                text[random.Next(text.Length)] = Marks[random.Next(Marks.Length)];
            }

            List<AuditResult> rows = await AuditAsync(new() { Path = "x", Name = "x", Content = "FROM a:1\n" + new string(text) });
            Assert.Equal([], rows.Where(row => row.Status == AuditStatus.Error && row.RuleId != "BI6000").Select(row => $"{row.RuleId} {row.Message}"));
            Assert.DoesNotContain(rows, row => row.Message.Any(char.IsControl));
        }
    }
}
