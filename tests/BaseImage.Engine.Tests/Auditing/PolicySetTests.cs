using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>Policies that extend others, differ by image and hold what is final.</summary>
public sealed class PolicySetTests : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task The_extending_policy_wins_and_null_takes_away()
    {
        Write("company.json", """{ "SchemaVersion": 1, "Severities": { "BI2001": "High", "BI2002": "Low" }, "Disabled": { "BI2008": "wanted" }, "Limits": { "Size": "1 MiB", "Packages": 3 }, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "company", "Until": "2026-12-31" } ] }""");
        Write("web.json", """{ "SchemaVersion": 1, "Extends": "company.json", "Severities": { "bi2001": "Critical" }, "Disabled": { "BI2008": null }, "Limits": { "Packages": null, "Layers": 2 }, "Suppressions": [ { "Rule": "BI2002", "Reason": "r", "Owner": "web", "Until": "2026-12-31" } ] }""");
        AuditPolicy policy = (await ReadAsync("web.json")).General;
        Assert.Equal([Severity.Critical, Severity.Low], [policy.Severities["BI2001"], policy.Severities["BI2002"]]);
        Assert.Empty(policy.Disabled);
        Assert.Equal((1L << 20, null, 2), (policy.Limits.Size, policy.Limits.Packages, policy.Limits.Layers));
        Assert.Equal(["company", "web"], policy.Suppressions.Select(s => s.Owner));
        Assert.Equal("web.json:1", policy.Suppressions[1].Place);
    }

    [Fact]
    public async Task A_later_parent_is_laid_over_an_earlier_one_and_a_shared_one_counts_once()
    {
        Write("root.json", """{ "SchemaVersion": 1, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "root", "Until": "2026-12-31" } ] }""");
        Write("a.json", """{ "SchemaVersion": 1, "Extends": "root.json", "Limits": { "Layers": 1, "Packages": 1 } }""");
        Write("sub/b.json", """{ "SchemaVersion": 1, "Extends": "../root.json", "Limits": { "Layers": 2 } }""");
        Write("c.json", """{ "SchemaVersion": 1, "Extends": ["a.json", "sub/b.json"] }""");
        AuditPolicy policy = (await ReadAsync("c.json")).General;
        Assert.Equal((2, 1), (policy.Limits.Layers, policy.Limits.Packages));
        Assert.Single(policy.Suppressions);
    }

    [Fact]
    public async Task What_holds_for_an_image_lies_over_what_holds_for_all()
    {
        Write("p.json", """{ "SchemaVersion": 1, "Limits": { "Size": "1 MiB", "Layers": 3 }, "Images": { "tools*": { "Limits": { "Size": "9 MiB" }, "Disabled": { "BI2004": "a shell is wanted" } }, "*@sha256:a*": { "Severities": { "BI2001": "Low" } } } }""");
        PolicySet set = await ReadAsync("p.json");
        Assert.Equal((1L << 20, 3), (set.General.Limits.Size, set.General.Limits.Layers));
        Assert.Equal((9L << 20, 3), (set.For("tools-dev", "oci:/x@sha256:b").Limits.Size, set.For("tools-dev", "oci:/x@sha256:b").Limits.Layers));
        Assert.True(set.For("TOOLS", "r").Disabled.ContainsKey("bi2004"));
        Assert.Empty(set.For("web", "oci:/x@sha256:b").Severities);
        Assert.Equal(Severity.Low, set.For("web", "oci:/x@sha256:abc").Severities["BI2001"]);
        Assert.Same(set.General, set.For("web", "r"));
    }

    [Theory]
    [InlineData("""{ "Severities": { "BI2001": "Low" } }""", "BI2001")]
    [InlineData("""{ "Severities": { "BI2001": null } }""", "BI2001")]
    [InlineData("""{ "Disabled": { "BI2001": "no" } }""", "BI2001")]
    [InlineData("""{ "Limits": { "Size": "2 GiB" } }""", "Limits.Size")]
    [InlineData("""{ "Images": { "x": { "Limits": { "Size": "2 GiB" } } } }""", "Limits.Size")]
    [InlineData("""{ "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } ] }""", "BI2001")]
    public async Task What_is_final_stays(string child, string what)
    {
        Write("company.json", """{ "SchemaVersion": 1, "Final": ["BI2001", "Limits.Size"], "Severities": { "BI2001": "High" }, "Limits": { "Size": "1 MiB" } }""");
        Write("web.json", child.Insert(1, """ "SchemaVersion": 1, "Extends": "company.json", """));
        PolicyInvalidException error = await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("web.json"));
        Assert.Contains($"{what} is final", error.Message, StringComparison.Ordinal);
        Assert.Contains("web.json:1:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wildcard_does_not_suppress_what_is_final()
    {
        Write("company.json", """{ "SchemaVersion": 1, "Final": "BI2001" }""");
        Write("web.json", """{ "SchemaVersion": 1, "Extends": "company.json", "Suppressions": [ { "Rule": "BI2*", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } ] }""");
        AuditPolicy policy = (await ReadAsync("web.json")).General;
        Assert.Equal(AuditStatus.Fail, new TestFacts().Program("/bin/su", 0x9ED).Row("BI2001", policy).Status);
        Assert.Equal(AuditStatus.Suppressed, new TestFacts().File("/a", 0x1B6).Row("BI2003", policy).Status);
    }

    [Fact]
    public async Task Circles_depth_and_missing_files_are_told_with_their_place()
    {
        Write("a.json", """{ "SchemaVersion": 1, "Extends": "b.json" }""");
        Write("b.json", """{ "SchemaVersion": 1, "Extends": "a.json" }""");
        Assert.Contains("a.json -> b.json -> a.json", (await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("a.json"))).Message, StringComparison.Ordinal);
        Write("c.json", """{ "SchemaVersion": 1, "Extends": ["none.json", "/etc/passwd", "a.txt", ""] }""");
        PolicyInvalidException error = await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("c.json"));
        Assert.Equal(4, error.Problems.Count);
        for (int i = 0; i < 12; i++)
        {
            Write($"d{i}.json", $$"""{ "SchemaVersion": 1, "Extends": "d{{i + 1}}.json" }""");
        }

        Write("d12.json", """{ "SchemaVersion": 1 }""");
        Assert.Contains("extend one another", (await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("d0.json"))).Message, StringComparison.Ordinal);
        Assert.NotNull(await ReadAsync("d6.json"));
    }

    [Fact]
    public async Task The_same_decisions_have_the_same_identity()
    {
        Write("one.json", """{ "SchemaVersion": 1, "Description": "x", "Limits": { "Layers": 2, "Size": "1 MiB" }, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } ] }""");
        Write("parent.json", """{ "SchemaVersion": 1, "Limits": { "Size": 1048576 } }""");
        Write("two.json", """
            { "SchemaVersion": 1, "Extends": "parent.json",
              "Suppressions": { "Until": "2026-12-31", "Owner": "o", "Reason": "r", "Rule": "bi2001" },
              "Limits": { "Layers": 2 } }
            """);
        PolicySet one = await ReadAsync("one.json"), two = await ReadAsync("two.json");
        Assert.Equal(one.Identity(Day), two.Identity(Day));
        Assert.Equal(one.Identity(Day), one.Identity(Day.AddDays(7)));
        Assert.NotEqual(one.Identity(Day), one.Identity(Day.AddDays(60)));
        Write("two.json", """{ "SchemaVersion": 1, "Extends": "parent.json", "Limits": { "Layers": 2 }, "Images": { "x": { "Limits": { "Layers": 3 } } } }""");
        Assert.NotEqual(one.Identity(Day), (await ReadAsync("two.json")).Identity(Day));
        Assert.Equal(PolicySet.None.Identity(Day), (await ReadAsync("parent-less.json", """{ "SchemaVersion": 1 }""")).Identity(Day));
    }

    [Fact]
    public async Task Every_limit_is_read()
    {
        AuditPolicy policy = (await ReadAsync("p.json", """
            { "SchemaVersion": 1, "Limits": { "Size": "1 MiB", "Packages": 0, "Layers": 4, "WastedBytes": "20 MB", "WastedRatio": 0.1, "Efficiency": 0.95,
              "AllowedLicences": ["MIT", "Apache-*"], "DeniedLicences": "AGPL-*", "AllowedPackages": ["lib*"], "DeniedPackages": ["curl"], "AllowedBases": "docker.io/library/debian*", "AllowedBuilders": "https://ci.example.org/runner", "AllowedSources": ["https://git.example.org/*"],
              "AllowedPorts": [8080, "53/UDP"], "AllowedSetId": "/usr/bin/su", "AllowedCapabilities": { "/usr/bin/ping": "cap_net_raw", "/opt/**": "*" }, "Compilers": { "GCC": "12.2" },
              "RequiredLabels": ["org.opencontainers.image.source"] } }
            """)).General;
        PolicyLimits limits = policy.Limits;
        Assert.Equal((0, 4, 20_000_000L, 0.1, 0.95), (limits.Packages, limits.Layers, limits.WastedBytes, limits.WastedRatio, limits.Efficiency));
        Assert.Equal(["8080/tcp", "53/udp"], limits.AllowedPorts!);
        Assert.Equal(["https://ci.example.org/runner"], limits.AllowedBuilders!);
        Assert.Equal(["https://git.example.org/*"], limits.AllowedSources!);
        Assert.Equal("*", limits.RequiredLabels!["org.opencontainers.image.source"]);
        Assert.Equal("12.2", limits.Compilers!["GCC"]);
        Assert.True(PolicyLimits.Matches(limits.AllowedLicences!, "apache-2.0"));
        Assert.True(PolicyLimits.MatchesPath(limits.AllowedSetId!, "/usr/bin/su"));
        Assert.True(limits.AllowsCapabilities("/usr/bin/ping", "cap_net_raw=ep"));
        Assert.False(limits.AllowsCapabilities("/usr/bin/ping", "cap_net_raw,cap_setuid=ep"));
        Assert.False(limits.AllowsCapabilities("/bin/ping", "cap_net_raw=ep"));
        Assert.True(limits.AllowsCapabilities("/opt/x/y", "cap_sys_admin+eip"));
        Assert.Equal(LimitReader.Keys.Order(StringComparer.Ordinal), typeof(PolicyLimits).GetProperties().Where(p => p.GetMethod!.IsStatic is false).Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"Packages\": -1")]
    [InlineData("\"Layers\": \"two\"")]
    [InlineData("\"Efficiency\": 1.5")]
    [InlineData("\"Efficiency\": \"0.9\"")]
    [InlineData("\"AllowedPorts\": [\"http\"]")]
    [InlineData("\"AllowedPorts\": 70000")]
    [InlineData("\"AllowedPorts\": \"80/icmp\"")]
    [InlineData("\"AllowedSetId\": \"usr/bin/su\"")]
    [InlineData("\"AllowedCapabilities\": { \"ping\": \"cap_net_raw\" }")]
    [InlineData("\"Compilers\": { \"GCC\": \"twelve\" }")]
    [InlineData("\"AllowedBases\": [\"\"]")]
    [InlineData("\"AllowedLicenses\": \"MIT\"")]
    public async Task What_no_limit_can_be_is_told_with_its_place(string limit)
    {
        PolicyInvalidException error = await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("p.json", $$"""{ "SchemaVersion": 1, "Limits": { {{limit}} } }"""));
        Assert.Matches(@"p\.json:1:\d+: ", error.Message);
    }

    [Fact]
    public async Task Rules_of_ones_own_may_be_named_and_typing_errors_are_still_told()
    {
        AuditPolicy policy = (await ReadAsync("p.json", """{ "SchemaVersion": 1, "Severities": { "ACME-1": "Low" }, "Disabled": { "acme.two": "later" } }""")).General;
        Assert.Equal(Severity.Low, policy.Severities["acme-1"]);
        await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("p.json", """{ "SchemaVersion": 1, "Severities": { "B12001": "Low" } }"""));
        await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("p.json", """{ "SchemaVersion": 1, "Severities": { "ACME*": "Low" } }"""));
    }

    [Fact]
    public async Task A_fingerprint_suppresses_its_finding_alone()
    {
        TestFacts facts = new TestFacts().Program("/bin/su", 0x9ED).Program("/bin/sudo", 0x9ED);
        string fingerprint = facts.Row("BI2001").Findings.Single(f => f.Path == "/bin/su").Fingerprint;
        AuditPolicy policy = (await ReadAsync("p.json", $$"""{ "SchemaVersion": 1, "Suppressions": { "Fingerprint": "{{fingerprint.ToUpperInvariant()}}", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } }""")).General;
        AuditResult row = facts.Row("BI2001", policy);
        Assert.Equal(["/bin/sudo", "/bin/su"], row.Findings.Select(f => f.Path));
        Assert.Equal(["", "accepted until 2026-12-31 by o: r"], row.Findings.Select(f => f.Accepted));
        await Assert.ThrowsAsync<PolicyInvalidException>(() => ReadAsync("p.json", """{ "SchemaVersion": 1, "Suppressions": { "Fingerprint": "xyz", "Reason": "r", "Owner": "o", "Until": "2026-12-31" } }"""));
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string json)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(name))!);
        File.WriteAllText(_folder.Combine(name), json, new UTF8Encoding(false));
    }

    private Task<PolicySet> ReadAsync(string name, string? json = null)
    {
        if (json is not null)
        {
            Write(name, json);
        }

        return new PolicyReader(new DataFiles(null!), RuleCatalogue.Instance).ReadAsync(_folder.Combine(name), TestContext.Current.CancellationToken);
    }
}
