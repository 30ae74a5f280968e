using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Auditing;

public class HostileFactsTests
{
    private static readonly string[] Paths =
        ["/etc/passwd", "/etc/group", "/etc/shells", "/bin/sh", "/bin", "/", "", "//", "/usr/bin/bash", "/tmp", "/var/lib/dpkg/diversions", "/var/lib/dpkg/info/a.md5sums", "/var/lib/dpkg/info/a.conffiles", "/var/lib/dpkg/status.d/.md5sums", "/usr/share/doc", "/x/__pycache__/", "=cmd|' /C calc'!A0", "/\u202egnp.exe", "/a\nb"];

    private static readonly string[] Texts =
        ["root:x:0:0:::\n", ":", "::::::::", "\0\0", "a", "0123456789abcdef0123456789abcdef  ../../etc/passwd\n", "\\0123456789abcdef0123456789abcdef  a\\nb\\\\c\n", "/bin/sh\n/a\n/b\n", "-----BEGIN RSA PRIVATE KEY-----", "\n\n\n", "/etc/shells\n/bin\n", "\ud800", "١٢:٣"];

    [Fact]
    public void No_files_and_no_configuration_break_a_rule()
    {
        Gen<string> text = Gen.OneOf(Gen.Elements(Texts), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""), Gen.Elements(TestSecrets.All().Select(s => s.Secret).ToArray()));
        Gen<string> path = Gen.OneOf(Gen.Elements(Paths), text);
        Gen<ImageFile> file =
            from p in path
            from kind in Gen.Elements(Enum.GetValues<ImageFileKind>())
            from mode in Gen.Choose(0, 0xFFF)
            from target in path
            from time in Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue)
            select new ImageFile { Path = p, Kind = kind, Mode = mode, LinkTarget = target, ModifiedTime = time, Capabilities = mode % 7 == 0 ? target : "", Package = mode % 5 == 0 ? target : "" };
        Gen<ImageFacts> facts =
            from files in file.ListOf()
            from user in text
            from lists in text.ListOf()
            from contents in Gen.Zip(path, text).ListOf()
            from created in Gen.Elements<DateTimeOffset?>(null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch)
            select new ImageFacts
            {
                Image = user,
                Name = user,
                Platform = Platform.LinuxAmd64,
                Created = created,
                Config = new ImageConfig { User = user, Env = [.. lists], Cmd = [.. lists], Labels = lists.Distinct().ToDictionary(l => l, l => l) },
                History = [.. lists.Select(l => new ImageHistory(created, l, l, true))],
                Files = new FileFacts(files, contents.GroupBy(c => c.Item1).ToDictionary(g => g.Key, g => new ContentFacts { Content = Encoding.UTF8.GetBytes(g.First().Item2) })),
            };
        string[] secrets = [.. TestSecrets.All().Select(s => s.Secret)];
        ResultBuilder builder = new(AuditPolicy.None, TimeProvider.System);
        Prop.ForAll(facts.ToArbitrary(), given =>
        {
            foreach (IAuditRule rule in RuleCatalogue.Instance.Evaluated)
            {
                AuditResult row = builder.Of(rule.Describe, given, rule.Evaluate(given, CancellationToken.None), TimeSpan.Zero);
                string all = string.Concat([row.Message, row.Image, .. row.Evidence, .. row.Findings.Select(f => f.Path + f.Message + f.Image)]);
                Assert.DoesNotContain(all, c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format);
                Assert.Equal(row.Status == AuditStatus.Fail, row.Findings.Any(f => f.Severity > Severity.Info));
                Assert.All(secrets.Where(s => s.StartsWith("gh", StringComparison.Ordinal) || s.StartsWith("xox", StringComparison.Ordinal) || s.StartsWith("eyJ", StringComparison.Ordinal)), s => Assert.DoesNotContain(s, all, StringComparison.Ordinal));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("a\u001b[31mb", "a\\x1b[31mb")]
    [InlineData("a\u202eb", "a\\u202eb")]
    [InlineData("a\nb\rc", "a\\x0ab\\x0dc")]
    [InlineData("käse", "käse")]
    public void Control_characters_are_written_out(string text, string expected) => Assert.Equal(expected, SafeText.Of(text));

    [Fact]
    public void Texts_are_cut() => Assert.True(SafeText.Of(new string('x', 5_000_000)).Length <= 1_001);

    [Fact]
    public void Fingerprints_are_of_rule_name_path_and_key()
    {
        string fingerprint = new TestFacts().Program("/bin/su", 0x9ED).Row("BI2001").Findings[0].Fingerprint;
        Assert.Equal(32, fingerprint.Length);
        Assert.Equal(fingerprint, new TestFacts { Platform = Platform.LinuxArm64, Created = null }.Program("/bin/su", 0x8ED).Program("/bin/a", 0x9ED).Row("BI2001").Findings[1].Fingerprint);
        Assert.NotEqual(fingerprint, new TestFacts { Name = "other" }.Program("/bin/su", 0x9ED).Row("BI2001").Findings[0].Fingerprint);
        Assert.NotEqual(fingerprint, new TestFacts().Program("/bin/sv", 0x9ED).Row("BI2001").Findings[0].Fingerprint);
    }
}
