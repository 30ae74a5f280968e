using BaseImage.Engine.Auditing.Policies;

namespace BaseImage.Engine.Tests.Auditing.Dockerfiles;

public class InlineIgnoreTests
{
    private static AuditResult Row(string body, string rule = "BI6005", AuditPolicy? policy = null) => Assert.Single(DockerfileRuleTests.Audit($"{RuleTable.Base}\n{body}\n", rule, policy: policy));

    [Theory]
    [InlineData("# hadolint ignore=DL3003\nRUN cd /x", "inline ignore at line 2")]
    [InlineData("# hadolint ignore=DL3008, DL3003\nRUN cd /x", "inline ignore at line 2")]
    [InlineData("#hadolint ignore = SC2046,DL3003 # why\nRUN cd /x", "inline ignore at line 2: why")]
    [InlineData("# hadolint ignore=DL3003\n# another\nRUN a && \\\n cd /x", "inline ignore at line 2")]
    [InlineData("RUN a && \\\n # hadolint ignore=DL3003\n cd /x", "inline ignore at line 3")]
    [InlineData("# hadolint global ignore=DL3003\nUSER 1\n\nRUN cd /x", "inline ignore at line 2")]
    [InlineData("RUN cd /x\n# baseimage global ignore=BI6005 the folder is needed", "inline ignore at line 3: the folder is needed")]
    [InlineData("# baseimage ignore=BI6005,BI6009 it is short\nRUN cd /x", "inline ignore at line 2: it is short")]
    [InlineData("# baseimage ignore=DL3003 it is short\nONBUILD RUN cd /x", "inline ignore at line 2: it is short")]
    public void What_is_ignored_is_suppressed_and_says_so(string body, string says)
    {
        AuditResult row = Row(body);
        Assert.Equal((AuditStatus.Suppressed, 1), (row.Status, row.Findings.Count));
        Assert.Contains(says, row.Message, StringComparison.Ordinal);
        Assert.Equal(says, row.Findings[0].Accepted);
    }

    [Theory]
    [InlineData("# hadolint ignore=DL3003\n\nRUN cd /x")]
    [InlineData("# hadolint ignore=DL3004\nRUN cd /x")]
    [InlineData("# hadolint ignore=DL3003\nUSER 1\nRUN cd /x")]
    [InlineData("RUN cd /x\n# hadolint ignore=DL3003")]
    [InlineData("# hadolint: ignore=DL3003\nRUN cd /x")]
    [InlineData("# hadolint ignore=\nRUN cd /x")]
    [InlineData("# hadolint stage ignore=DL3003\nRUN cd /x")]
    public void What_is_not_ignored_fails(string body) => Assert.Equal(AuditStatus.Fail, Row(body).Status);

    [Fact]
    public void A_stage_is_ignored_to_its_end()
    {
        AuditResult row = Assert.Single(DockerfileRuleTests.Audit("# hadolint stage ignore=DL3003\nFROM a:1 AS b\nRUN cd /x\nFROM c:1\nRUN cd /y\n", "BI6005"));
        Assert.Equal((AuditStatus.Fail, 2), (row.Status, row.Findings.Count));
        Assert.Equal([5, 3], row.Findings.Select(finding => finding.Line));
    }

    [Fact]
    public void A_policy_suppresses_by_rule_file_and_path()
    {
        AuditPolicy Policy(string image, string? path) => new() { Suppressions = [new Suppression("BI6005", image, path, "why", "who", new DateOnly(2199, 1, 1))] };
        Assert.Equal(AuditStatus.Suppressed, Row("RUN cd /x", policy: Policy("Dockerfile", null)).Status);
        Assert.Equal(AuditStatus.Suppressed, Row("RUN cd /x", policy: Policy("/w/*", null)).Status);
        Assert.Equal(AuditStatus.Suppressed, Row("RUN cd /x", policy: Policy("*", "Docker*")).Status);
        Assert.Equal(AuditStatus.Suppressed, Row("RUN cd /x", policy: Policy("*", "/**")).Status);
        Assert.Equal(AuditStatus.Fail, Row("RUN cd /x", policy: Policy("other", null)).Status);
        Assert.Equal(AuditStatus.Fail, Row("RUN cd /x", policy: Policy("*", "/other/**")).Status);
    }

    [Fact]
    public void A_fingerprint_survives_lines_above_and_tells_two_places_apart()
    {
        string[] before = [.. Row("RUN cd /x\nUSER 1\nRUN cd /x").Findings.Select(finding => finding.Fingerprint)];
        string[] after = [.. Row("ENV A=b\n# c\n\nRUN cd /x\nUSER 1\nRUN cd /x").Findings.Select(finding => finding.Fingerprint)];
        Assert.Equal(before, after);
        Assert.Equal(2, before.Distinct().Count());
    }

    [Fact]
    public void A_policy_moves_notes_too()
    {
        Assert.Equal(AuditStatus.Pass, Row("CMD [\"x\"]", "BI6055").Status);
        AuditPolicy strict = new() { Severities = new Dictionary<string, Severity> { ["BI6055"] = Severity.High } };
        AuditResult row = Row("CMD [\"x\"]", "BI6055", strict);
        Assert.Equal((AuditStatus.Fail, Severity.High), (row.Status, row.Severity));
    }
}
