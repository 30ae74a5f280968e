using BaseImage.Engine.Auditing;

namespace BaseImage.Engine.Tests.Auditing;

public class FileRuleTests
{
    private static string Paths(AuditResult row) => string.Join(' ', row.Findings.Where(f => f.Severity > Severity.Info).Select(f => f.Path));

    private static string Notes(AuditResult row) => string.Join(' ', row.Findings.Where(f => f.Severity == Severity.Info).Select(f => f.Path));

    [Fact]
    [Fires("BI2001")]
    public void Set_id_programs_fail_and_directories_do_not()
    {
        AuditResult row = new TestFacts().Program("/bin/su", 0x9ED).Program("/bin/wall", 0x5ED).File("/etc/odd", 0x9A4).Directory("/var/mail", 0x5FD).Program("/bin/true").Row("BI2001");
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Equal("/bin/su /bin/wall", Paths(row));
        Assert.Equal("/etc/odd", Notes(row));
        Assert.Contains("-rwsr-xr-x", row.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    [Quiet("BI2001")]
    public void No_set_id_programs_pass() => Assert.Equal(AuditStatus.Pass, new TestFacts().Program("/bin/true").Directory("/tmp", 0x3FF).Row("BI2001").Status);

    [Fact]
    [Fires("BI2002"), Quiet("BI2002")]
    public void Capabilities_fail()
    {
        AuditResult row = new TestFacts().File("/bin/ping", capabilities: "cap_net_raw=ep").Row("BI2002");
        Assert.Equal((AuditStatus.Fail, "/bin/ping"), (row.Status, Paths(row)));
        Assert.Contains("cap_net_raw=ep", row.Evidence[0], StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Pass, new TestFacts().Program("/bin/ping").Row("BI2002").Status);
    }

    [Fact]
    [Fires("BI2003"), Quiet("BI2003")]
    public void World_writable_things_fail_unless_sticky_or_links()
    {
        AuditResult row = new TestFacts()
            .Directory("/tmp", 0x3FF).Directory("/open", 0x1FF).File("/etc/conf", 0x1B6).Link("/l", "x")
            .File("/dev/null", 0x1B6, kind: ImageFileKind.CharacterDevice).File("/dev/sda", 0x1B6, kind: ImageFileKind.BlockDevice).File("/opt/null", 0x1B6, kind: ImageFileKind.CharacterDevice)
            .File("/run/pipe", 0x1B6, kind: ImageFileKind.Fifo).Row("BI2003");
        Assert.Equal("/dev/sda /etc/conf /open /opt/null /run/pipe", Paths(row));
        Assert.Equal(AuditStatus.Pass, new TestFacts().Directory("/tmp", 0x3FF).Link("/l", "x").File("/etc/x").Row("BI2003").Status);
    }

    [Fact]
    [Fires("BI2004"), Quiet("BI2004")]
    public void Shells_are_found_by_name_by_list_and_by_what_they_are()
    {
        AuditResult row = new TestFacts()
            .Program("/usr/bin/bash").Link("/bin/sh", "/usr/bin/bash").Program("/opt/tool", program: ProgramKind.MultiCall).Program("/opt/mine").Program("/app/dash")
            .Link("/opt/shell", "mine").File("/etc/shells", content: "# shells\n/opt/shell\n/bin/gone\n")
            .File("/usr/share/bash-completion/bash", 0x1A4).Program("/usr/bin/ldd", program: ProgramKind.Script).Program("/etc/init.d/rc", program: ProgramKind.Script).Row("BI2004");
        Assert.Equal("/app/dash /opt/mine /opt/tool /usr/bin/bash", Paths(row));
        Assert.Equal(AuditStatus.Pass, new TestFacts().Program("/usr/bin/app").Link("/bin/sh", "dash").File("/etc/shells", content: "/bin/sh\n").Row("BI2004").Status);
    }

    [Fact]
    [Fires("BI2005"), Quiet("BI2005")]
    public void Package_managers_fail_and_their_data_is_a_note()
    {
        AuditResult row = new TestFacts()
            .Program("/usr/bin/apt-get").Program("/usr/bin/pip3.12", program: ProgramKind.Script).Program("/usr/bin/gem3.1").Program("/usr/bin/aptly")
            .File("/usr/lib/python3/dist-packages/pip/__main__.py").File("/usr/lib/node_modules/npm/bin/npm-cli.js")
            .File("/var/lib/dpkg/status").Row("BI2005");
        Assert.Equal("/usr/bin/apt-get /usr/bin/gem3.1 /usr/bin/pip3.12 /usr/lib/node_modules/npm/bin/npm-cli.js /usr/lib/python3/dist-packages/pip/__main__.py", Paths(row));
        Assert.Equal("/var/lib/dpkg/status", Notes(row));
        AuditResult distroless = new TestFacts().File("/var/lib/dpkg/status.d/libc6").File("/usr/share/doc/apt/copyright").Row("BI2005");
        Assert.Equal((AuditStatus.Pass, 0), (distroless.Status, distroless.Findings.Count));
    }

    [Fact]
    [Fires("BI2007"), Quiet("BI2007")]
    public void Times_after_the_image_fail()
    {
        TestFacts facts = new TestFacts().File("/a", time: TestFacts.Epoch.AddSeconds(1)).File("/b");
        facts.History.Add(new ImageHistory(TestFacts.Epoch.AddDays(1), "x", "", false));
        AuditResult row = facts.Row("BI2007");
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Equal(["", "/a"], row.Findings.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Equal(AuditStatus.Pass, new TestFacts().File("/a").File("/b", time: DateTimeOffset.UnixEpoch).Row("BI2007").Status);
    }

    [Fact]
    public void An_image_without_a_time_fails_and_a_clock_is_a_note()
    {
        Assert.Equal(AuditStatus.Fail, new TestFacts { Created = null }.Row("BI2007").Status);
        AuditResult row = new TestFacts { Created = TestFacts.Epoch.AddMilliseconds(5) }.File("/a", time: TestFacts.Epoch).Row("BI2007");
        Assert.Equal((AuditStatus.Pass, 1), (row.Status, row.Findings.Count));
    }

    [Fact]
    [Fires("BI2008"), Quiet("BI2008")]
    public void Leftovers_are_reported_by_place()
    {
        AuditResult row = new TestFacts()
            .File("/usr/share/doc/a/changelog.gz", size: 1000).File("/usr/share/doc/a/copyright").File("/usr/share/doc/b/README", size: 500)
            .File("/var/lib/apt/lists/x_Packages").File("/var/log/empty", size: 0).File("/var/log/dpkg.log").File("/usr/lib/python3/__pycache__/a.pyc").File("/root/.bash_history")
            .File("/etc/passwd-").Directory("/usr/share/man").File("/usr/share/document", size: 3).Row("BI2008");
        Assert.Equal("/etc/passwd- /root/.bash_history /usr/lib/python3/__pycache__ /usr/share/doc /var/lib/apt/lists /var/log", Paths(row));
        Assert.Contains(row.Findings, f => f.Path == "/usr/share/doc" && f.Message.Contains("2 files, 1.5 kB", StringComparison.Ordinal));
        Assert.Equal(AuditStatus.Pass, new TestFacts().File("/usr/share/doc/a/copyright").Directory("/tmp", 0x3FF).File("/etc/passwd").Row("BI2008").Status);
    }

    [Fact]
    [Fires("BI3001")]
    public void Changed_package_files_fail()
    {
        string good = TestFacts.Md5("good"u8.ToArray());
        AuditResult row = new TestFacts()
            .Link("/bin", "usr/bin").Directory("/usr/bin").File("/usr/bin/tool", content: "bad").File("/usr/bin/same", content: "good").File("/etc/conf", content: "mine")
            .File("/var/lib/dpkg/info/tool:amd64.md5sums", content: $"{good}  bin/tool\n{good}  bin/same\n{good}  bin/gone\n{good}  usr/share/doc/tool/changelog.gz\n{good}  etc/conf\nnonsense\n{good}\n")
            .File("/var/lib/dpkg/info/tool:amd64.conffiles", content: "/etc/conf\n").Row("BI3001");
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Equal(Severity.High, row.Severity);
        Assert.Equal("/usr/bin/tool", row.Findings.Single(f => f.Severity == Severity.High).Path);
        Assert.Contains("/bin/gone", row.Findings.Single(f => f.Severity == Severity.Low).Message, StringComparison.Ordinal);
        Assert.Contains("changelog.gz", row.Findings.Single(f => f.Severity == Severity.Info).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_dropped_from_an_assembled_image_are_notes()
    {
        string good = TestFacts.Md5("good"u8.ToArray());
        AuditResult row = new TestFacts().File("/usr/bin/same", content: "good")
            .File("/var/lib/dpkg/status.d/tool.md5sums", content: $"{good}  usr/bin/same\n{good}  usr/bin/gone\n").Row("BI3001");
        Assert.Equal((AuditStatus.Pass, Severity.Info), (row.Status, Assert.Single(row.Findings).Severity));
    }

    [Fact]
    [Quiet("BI3001")]
    public void Diverted_files_are_compared_where_they_lie()
    {
        string good = TestFacts.Md5("good"u8.ToArray());
        AuditResult row = new TestFacts().File("/usr/bin/x.real", content: "good").File("/usr/bin/x", content: "other")
            .File("/var/lib/dpkg/diversions", content: "/usr/bin/x\n/usr/bin/x.real\nwrapper\n")
            .File("/var/lib/dpkg/info/tool.md5sums", content: $"{good}  usr/bin/x\n").Row("BI3001");
        Assert.Equal(AuditStatus.Pass, row.Status);
    }

    [Fact]
    public void No_lists_is_skipped_and_not_passed() => Assert.Equal(AuditStatus.Skipped, new TestFacts().File("/usr/bin/x").Row("BI3001").Status);
}
