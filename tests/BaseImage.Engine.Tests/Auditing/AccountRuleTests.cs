using static BaseImage.Engine.Tests.Auditing.RuleAssert;

namespace BaseImage.Engine.Tests.Auditing;

public class AccountRuleTests
{
    private const string Root = "root:x:0:0:root:/root:/bin/sh\n";

    private static TestFacts Passwd(string lines) => new TestFacts().File("/etc/passwd", content: Root + lines);

    private static TestFacts Shadow(string lines) => Passwd("www:x:33:33::/var/www:/usr/sbin/nologin\napp:x:34:34::/:/bin/sh\n").File("/etc/shadow", 0x1A0, content: "root:*:1::::::\n" + lines);

    [Fact, Fires("BI2010"), Quiet("BI2010")]
    public void Root_is_the_only_root()
    {
        AuditResult row = Fails("BI2010", Passwd("toor:x:0:0::/:/bin/sh\nzero:x:00:0::/:\n"), "/etc/passwd");
        Assert.Equal([2, 3], row.Findings.Select(finding => finding.Line));
        Quiet("BI2010", Passwd("app:x:10:0::/:/bin/sh\nshort\n#toor:x:0:0\n"));
        Quiet("BI2010", new TestFacts());
    }

    [Fact, Fires("BI2011"), Quiet("BI2011")]
    public void Accounts_are_there_once()
    {
        Fails("BI2011", Passwd("a:x:5:5::/:\nb:x:5:5::/:\n"), "/etc/passwd");
        Fails("BI2011", Passwd("a:x:5:5::/:\na:x:6:5::/:\n"), "/etc/passwd");
        Fails("BI2011", new TestFacts().File("/etc/group", content: "root:x:0:\nwheel:x:0:\n"), "/etc/group");
        Quiet("BI2011", Passwd("a:x:5:5::/:\nb:x:6:5::/:\n").File("/etc/group", content: "root:x:0:\na:x:5:b\n"));
    }

    [Fact, Fires("BI2012"), Quiet("BI2012")]
    public void Passwords_are_not_empty()
    {
        Fails("BI2012", Shadow("app::1::::::\n"), "/etc/shadow", Severity.High);
        Fails("BI2012", Shadow("www::1::::::\n"), "/etc/shadow", Severity.Medium);
        Fails("BI2012", Passwd("app::5:5::/:/bin/sh\n"), "/etc/passwd");
        Quiet("BI2012", Shadow("app:!:1::::::\nwww:*:1::::::\nother:!!:1\n"));
    }

    [Fact, Fires("BI2013"), Quiet("BI2013")]
    public void Passwords_are_not_there()
    {
        Fails("BI2013", Shadow("app:$6$(struck-out):1::::::\n"), "/etc/shadow", Severity.Medium);
        Fails("BI2013", Shadow("app:$1$(struck-out):1::::::\n"), "/etc/shadow", Severity.High);
        Fails("BI2013", Shadow("app:(struck-out):1::::::\n"), "/etc/shadow", Severity.High);
        Quiet("BI2013", Shadow("app:!:1::::::\nwww:!$6$(struck-out):1::::::\nold:*LK*:1\n"));
    }

    [Fact, Fires("BI2014"), Quiet("BI2014")]
    public void Password_files_are_roots()
    {
        Fails("BI2014", new TestFacts().File("/etc/shadow", 0x1A4), "/etc/shadow");
        Fails("BI2014", new TestFacts().File("/etc/gshadow-", 0x1B0), "/etc/gshadow-");
        Fails("BI2014", new TestFacts().File("/etc/shadow", 0x180, uid: 33), "/etc/shadow");
        Quiet("BI2014", new TestFacts().File("/etc/shadow", 0x1A0).File("/etc/gshadow", 0).File("/etc/passwd"));
    }

    [Fact, Fires("BI2015"), Quiet("BI2015")]
    public void Account_files_are_well_formed()
    {
        Fails("BI2015", Passwd("short:x:5\n"), "/etc/passwd");
        Fails("BI2015", Passwd("letters:x:abc:5::/:/bin/sh\n"), "/etc/passwd");
        Fails("BI2015", Passwd(":x:5:5::/:/bin/sh\n"), "/etc/passwd");
        Fails("BI2015", new TestFacts().File("/etc/group", content: "root:x:\n"), "/etc/group");
        Quiet("BI2015", Passwd("app:x:5:5:A person,,,:/:/bin/sh\n\n# note\n").File("/etc/group", content: "root:x:0:\n"));
    }

    [Fact, Fires("BI2016"), Quiet("BI2016")]
    public void The_home_is_there()
    {
        TestFacts Of(string user, string home) => new TestFacts { Config = new ImageConfig { User = user } }.File("/etc/passwd", content: $"{Root}app:x:65532:65532::{home}:/bin/sh\n").Directory("/root");
        Fails("BI2016", Of("app", "/home/app"), "/home/app");
        Fails("BI2016", Of("65532:65532", "/home/app"), "/home/app");
        Fails("BI2016", Of("app", "/home/app").File("/home/app"), "/home/app");
        Notes("BI2016", Of("app", "/home/app").Directory("/home/app", uid: 5));
        Quiet("BI2016", Of("app", "/home/app").Directory("/home/app", uid: 65532));
        Quiet("BI2016", Of("app", "/nonexistent"));
        Quiet("BI2016", Of("4711", "/home/app"));
        Quiet("BI2016", Of("", "/home/app"));
    }

    [Fact, Fires("BI2017"), Quiet("BI2017")]
    public void Nobody_becomes_root()
    {
        Fails("BI2017", new TestFacts().Program("/usr/bin/sudo", 0x9ED), "/usr/bin/sudo", Severity.Medium);
        Fails("BI2017", new TestFacts().File("/etc/sudoers.d/app", content: "app ALL=(ALL) NOPASSWD: ALL\n"), "/etc/sudoers.d/app", Severity.High);
        Fails("BI2017", new TestFacts().File("/etc/doas.conf", content: "permit nopass app\n"), "/etc/doas.conf");
        Quiet("BI2017", new TestFacts().File("/etc/sudoers", content: "# app NOPASSWD\nroot ALL=(ALL:ALL) ALL\n").File("/usr/share/doc/sudo", 0x1ED).File("/etc/doas.conf", content: "permit app\n"));
    }

    [Fact, Fires("BI2018"), Quiet("BI2018")]
    public void Nothing_serves_logins()
    {
        Fails("BI2018", new TestFacts().Program("/usr/sbin/sshd"), "/usr/sbin/sshd");
        Quiet("BI2018", new TestFacts().Program("/usr/bin/ssh").Link("/usr/sbin/dropbear", "x").File("/etc/init.d/sshd", 0x1ED));
    }

    [Fact, Fires("BI2019"), Quiet("BI2019")]
    public void Host_keys_are_not_there()
    {
        Fails("BI2019", new TestFacts().File("/etc/ssh/ssh_host_rsa_key"), "/etc/ssh/ssh_host_rsa_key");
        Fails("BI2019", new TestFacts().File("/etc/dropbear/dropbear_ed25519_host_key"), "/etc/dropbear/dropbear_ed25519_host_key");
        Quiet("BI2019", new TestFacts().File("/etc/ssh/ssh_host_rsa_key.pub").File("/etc/ssh/ssh_config").File("/etc/ssh/ssh_host_dsa_key", size: 0));
    }

    [Fact, Fires("BI2020"), Quiet("BI2020")]
    public void Nobody_is_let_in()
    {
        Fails("BI2020", new TestFacts().File("/root/.ssh/authorized_keys", content: "ssh-ed25519 AAAA me\n"), "/root/.ssh/authorized_keys");
        Quiet("BI2020", new TestFacts().File("/root/.ssh/authorized_keys", content: "# none\n").File("/root/.ssh/known_hosts", content: "x"));
    }

    [Fact, Fires("BI2021"), Quiet("BI2021")]
    public void No_hosts_are_trusted()
    {
        Fails("BI2021", new TestFacts().File("/etc/hosts.equiv", content: "+\n"), "/etc/hosts.equiv");
        Fails("BI2021", new TestFacts().File("/home/a/.rhosts", content: "host me\n"), "/home/a/.rhosts");
        Quiet("BI2021", new TestFacts().File("/etc/hosts.equiv", content: "# none\n").File("/etc/hosts", content: "127.0.0.1 localhost\n"));
    }

    [Fact, Fires("BI2025"), Quiet("BI2025")]
    public void Every_file_is_somebodys()
    {
        Fails("BI2025", Passwd("").File("/srv/a", uid: 4711).File("/srv/b", uid: 4711), "/srv/a");
        Quiet("BI2025", Passwd("www:x:33:33::/:\n").File("/srv/a", uid: 33).File("/srv/b", uid: 65532).File("/srv/c", uid: 65534));
        Assert.Equal(AuditStatus.Skipped, new TestFacts().File("/srv/a", uid: 4711).Row("BI2025").Status);
    }

    [Fact, Fires("BI2052"), Quiet("BI2052")]
    public void Ids_fit()
    {
        Fails("BI2052", new TestFacts().File("/a", uid: 70_000), "/a");
        Quiet("BI2052", new TestFacts().File("/a", uid: 65_535));
    }

    [Fact, Fires("BI2053"), Quiet("BI2053")]
    public void Keys_are_their_owners()
    {
        Fails("BI2053", new TestFacts().File("/root/.ssh/id_rsa", 0x1A4), "/root/.ssh/id_rsa");
        Fails("BI2053", new TestFacts().File("/etc/tls.key").Secret("/etc/tls.key", new("private key (PEM)", "…", 1, null)), "/etc/tls.key");
        Fails("BI2053", new TestFacts().Directory("/root/.ssh"), "/root/.ssh", Severity.Low);
        Quiet("BI2053", new TestFacts().Directory("/root/.ssh", 0x1C0).File("/root/.ssh/id_rsa", 0x180).File("/root/.ssh/id_rsa.pub").File("/usr/share/x/id_rsa"));
    }
}
