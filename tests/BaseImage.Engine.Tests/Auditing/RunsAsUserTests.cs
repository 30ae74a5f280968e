using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Tests.Auditing;

public class RunsAsUserTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\nnonroot:x:65532:65532::/:/sbin/nologin\ntoor:x:0:0::/:\nshort\nletters:x:abc:5::/:\nhuge:x:99999999999999999999:5::/:\nops:x:1000:0::/:\nmember:x:1001:1001::/:\n2000:x:0:0::/:\n";
    private const string Group = "root:x:0:member\nnonroot:x:65532:\nshort\n";

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00")]
    [InlineData("+0")]
    [InlineData("-0")]
    [InlineData(" 0")]
    [InlineData("0 ")]
    [InlineData("0:0")]
    [InlineData("0:65532")]
    [InlineData(":65532")]
    [InlineData(":")]
    [InlineData("root")]
    [InlineData("root:root")]
    [InlineData("root:nonroot")]
    [InlineData("toor")]
    [InlineData("short")]
    [InlineData("letters")]
    [InlineData("huge")]
    [InlineData("missing")]
    [InlineData("Root")]
    [InlineData("4294967296")]
    [InlineData("2147483648")]
    [InlineData("-1")]
    [InlineData("18446744073709551616")]
    [InlineData("65532\n")]
    [InlineData("٠")]
    [Fires("BI1001")]
    public void Every_spelling_of_root_fails(string user)
    {
        AuditResult row = Facts(user).Row("BI1001");
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Equal(Severity.High, row.Severity);
        Assert.Single(row.Findings);
        Assert.DoesNotContain(row.Message, char.IsControl);
    }

    [Theory]
    [InlineData("65532:65532")]
    [InlineData("65532")]
    [InlineData("nonroot")]
    [InlineData("nonroot:nonroot")]
    [InlineData("1")]
    [InlineData("2147483647:1")]
    [InlineData("0065532")]
    [Quiet("BI1001")]
    public void Other_users_pass(string user)
    {
        AuditResult row = Facts(user).Row("BI1001");
        Assert.Equal(AuditStatus.Pass, row.Status);
    }

    [Theory]
    [InlineData("65532:0")]
    [InlineData("65532:root")]
    [InlineData("ops")]
    [InlineData("member")]
    [InlineData("7777")]
    [InlineData("65532:short")]
    public void The_group_of_root_is_a_note(string user)
    {
        AuditResult row = Facts(user).Row("BI1001");
        Assert.Equal(AuditStatus.Pass, row.Status);
        Assert.Equal(Severity.Info, Assert.Single(row.Findings).Severity);
    }

    [Fact]
    public void A_numeric_name_is_a_number_and_not_a_name() => Assert.Equal(AuditStatus.Pass, Facts("2000:2000").Row("BI1001").Status);

    [Fact]
    public void A_missing_group_is_reported_below_root()
    {
        AuditResult row = Facts("65532:nobodys").Row("BI1001");
        Assert.Equal((AuditStatus.Fail, Severity.Medium), (row.Status, row.Severity));
    }

    [Fact]
    public void A_passwd_behind_a_link_is_read()
    {
        TestFacts facts = new() { Config = new ImageConfig { User = "app" } };
        facts.Link("/etc/passwd", "../usr/lib/passwd").File("/usr/lib/passwd", content: "app:x:0:0::/:\n");
        Assert.Equal(AuditStatus.Fail, facts.Row("BI1001").Status);
    }

    [Fact]
    public void Links_in_circles_are_no_passwd()
    {
        TestFacts facts = new() { Config = new ImageConfig { User = "app" } };
        facts.Link("/etc/passwd", "/etc/passwd").Link("/a", "b").Link("/b", "a");
        Assert.Equal(AuditStatus.Fail, facts.Row("BI1001").Status);
        Assert.Null(facts.Build().Files!.Resolve("/a"));
    }

    [Theory]
    [InlineData("", AuditStatus.Fail)]
    [InlineData("ContainerAdministrator", AuditStatus.Fail)]
    [InlineData("NT AUTHORITY\\SYSTEM", AuditStatus.Fail)]
    [InlineData("ContainerUser", AuditStatus.Pass)]
    [InlineData("DOMAIN\\svc", AuditStatus.Pass)]
    public void Windows_has_its_own_administrators(string user, AuditStatus expected)
        => Assert.Equal(expected, new TestFacts { Platform = new Platform("windows", "amd64"), Config = new ImageConfig { User = user } }.Row("BI1001").Status);

    private static TestFacts Facts(string user)
        => new TestFacts { Config = new ImageConfig { User = user } }.File("/etc/passwd", content: Passwd).File("/etc/group", content: Group);
}
