namespace BaseImage.Engine.Tests.Auditing;

/// <summary>What a rule says of facts made by hand.</summary>
internal static class RuleAssert
{
    /// <summary>The rule fails, at that path.</summary>
    public static AuditResult Fails(string rule, TestFacts facts, string path = "", Severity? severity = null)
    {
        AuditResult row = facts.Row(rule);
        Assert.True(row.Status == AuditStatus.Fail, $"{rule}: {row.Status} {row.Message}");
        AuditFinding[] findings = [.. row.Findings.Where(finding => finding.Path == path && finding.Severity > Severity.Info)];
        Assert.True(findings.Length > 0, $"{rule} has nothing at '{path}': {string.Join("; ", row.Findings)}");
        Assert.True(severity is null || findings.Any(finding => finding.Severity == severity), $"{rule}: {findings[0].Severity}");
        return row;
    }

    /// <summary>The rule passes, with a note.</summary>
    public static void Notes(string rule, TestFacts facts)
    {
        AuditResult row = facts.Row(rule);
        Assert.True(row.Status == AuditStatus.Pass && row.Findings.Count > 0, $"{rule}: {row.Status} {row.Message}");
    }

    /// <summary>The rule says nothing at all.</summary>
    public static void Quiet(string rule, TestFacts facts)
    {
        AuditResult row = facts.Row(rule);
        Assert.True(row.Status == AuditStatus.Pass && row.Findings.Count == 0, $"{rule}: {row.Status} {row.Message} {string.Join("; ", row.Findings)}");
    }

    /// <summary>Facts of a configuration.</summary>
    public static TestFacts Config(Func<ImageConfig, ImageConfig> change) => new() { Config = change(new ImageConfig { User = "65532:65532" }) };

    /// <summary>Facts of an environment.</summary>
    public static TestFacts Env(params string[] variables) => Config(config => config with { Env = variables });
}
