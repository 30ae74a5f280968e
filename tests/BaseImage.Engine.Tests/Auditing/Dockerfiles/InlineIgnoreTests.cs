using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Dockerfiles;
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

    [Theory]
    [InlineData("skip=WorkdirRelativePath", "BI6002")]
    [InlineData(" skip = stagenamecasing , workdirrelativepath ; error=true", "BI6002")]
    [InlineData("error=true;skip=MaintainerDeprecated", "BI6066")]
    [InlineData("skip=all", "BI6002")]
    [InlineData("skip=all", "BI6066")]
    public void Checks_of_BuildKit_that_the_file_turns_off_are_suppressed_with_their_line(string check, string rule)
    {
        AuditResult row = Assert.Single(DockerfileRuleTests.Audit($"# syntax=docker/dockerfile:1\n# check={check}\n{RuleTable.Base}\nWORKDIR x\nMAINTAINER x\n", rule));
        Assert.Equal((AuditStatus.Suppressed, "check=skip at line 2"), (row.Status, Assert.Single(row.Findings).Accepted));
    }

    [Theory]
    [InlineData("# check=skip=JSONArgsRecommended\n", "WORKDIR x", "BI6002")]
    [InlineData("# check=error=true\n", "WORKDIR x", "BI6002")]
    [InlineData("#\n# check=skip=WorkdirRelativePath\n", "WORKDIR x", "BI6002")]
    [InlineData("# check=skip=BI6002,DL3000\n", "WORKDIR x", "BI6002")]
    [InlineData("# check=skip=all\n", "RUN cd /x", "BI6005")]
    [InlineData("# check=skip=SecretsUsedInArgOrEnv\n", "ENV DB_PASSWORD=kB7pQ2zX9vLmTfR3", "BI6103")]
    public void What_BuildKit_does_not_check_stays(string top, string body, string rule)
        => Assert.Equal(AuditStatus.Fail, Assert.Single(DockerfileRuleTests.Audit($"{top}{RuleTable.Base}\n{body}\n", rule)).Status);

    [Theory]
    [InlineData("skip=WorkdirRelativPath", "BuildKit has no check WorkdirRelativPath; is WorkdirRelativePath meant?")]
    [InlineData("skip=x,all", "BuildKit has no check x.")]
    [InlineData("skip=", "names no check")]
    [InlineData("skp=all", "check has no option skp")]
    [InlineData("error=perhaps", "neither true nor false")]
    public void What_is_no_check_is_told(string check, string says)
    {
        AuditResult row = Assert.Single(DockerfileRuleTests.Audit($"# check={check}\n{RuleTable.Base}\n", "BI6133"));
        Assert.Equal((AuditStatus.Fail, 1), (row.Status, Assert.Single(row.Findings).Line));
        Assert.Contains(says, row.Message, StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Pass, Assert.Single(DockerfileRuleTests.Audit($"# check=skip=CopyIgnoredFile,SecretsUsedInArgOrEnv;experimental=all;error=false\n{RuleTable.Base}\n", "BI6133")).Status);
    }

    [Fact]
    public void Rules_are_equal_to_checks_that_there_are()
    {
        string[] equals = [.. RuleCatalogue.Instance.OnDockerfiles.SelectMany(rule => rule.Describe.Equivalent).Where(equal => equal.StartsWith(BuildChecks.Prefix, StringComparison.Ordinal)).Select(equal => equal[BuildChecks.Prefix.Length..]).Distinct()];
        Assert.Empty(equals.Except(BuildChecks.Known));
        Assert.Equal(["CopyIgnoredFile", "ExposeProtoCasing", "FromAsCasing", "InvalidBaseImagePlatform", "InvalidDefinitionDescription", "StageNameCasing"], BuildChecks.Known.Except(equals).Order(StringComparer.Ordinal));
    }

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
