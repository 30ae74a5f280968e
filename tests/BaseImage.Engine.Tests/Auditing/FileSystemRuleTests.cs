using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using static BaseImage.Engine.Tests.Auditing.RuleAssert;

namespace BaseImage.Engine.Tests.Auditing;

public class FileSystemRuleTests
{
    [Fact, Fires("BI2022"), Quiet("BI2022")]
    public void Jobs_count_where_a_daemon_is()
    {
        Fails("BI2022", new TestFacts().Program("/usr/sbin/cron").File("/etc/cron.d/job"), "/etc/cron.d/job");
        Quiet("BI2022", new TestFacts().File("/etc/cron.daily/dpkg"));
        Quiet("BI2022", new TestFacts().Program("/usr/sbin/crond").File("/etc/cron.d/.placeholder"));
    }

    [Fact, Fires("BI2023"), Quiet("BI2023")]
    public void Service_managers()
    {
        Fails("BI2023", new TestFacts().Program("/usr/bin/supervisord"), "/usr/bin/supervisord");
        Fails("BI2023", new TestFacts().Program("/usr/lib/systemd/systemd"), "/usr/lib/systemd/systemd");
        Quiet("BI2023", new TestFacts().File("/usr/lib/systemd/system/x.service").Program("/usr/bin/tini"));
    }

    [Fact, Fires("BI2024"), Quiet("BI2024")]
    public void Devices_and_pipes()
    {
        Fails("BI2024", new TestFacts().File("/srv/sda", kind: ImageFileKind.BlockDevice), "/srv/sda", Severity.High);
        Fails("BI2024", new TestFacts().File("/dev/mem", kind: ImageFileKind.CharacterDevice), "/dev/mem", Severity.Medium);
        Fails("BI2024", new TestFacts().File("/srv/null", kind: ImageFileKind.CharacterDevice), "/srv/null");
        Fails("BI2024", new TestFacts().File("/srv/pipe", kind: ImageFileKind.Fifo), "/srv/pipe", Severity.Low);
        Quiet("BI2024", new TestFacts().File("/dev/null", kind: ImageFileKind.CharacterDevice).File("/srv/a"));
    }

    [Fact, Fires("BI2026"), Quiet("BI2026")]
    public void Hidden_files()
    {
        Fails("BI2026", new TestFacts().Program("/usr/bin/.x"), "/usr/bin/.x", Severity.Medium);
        Fails("BI2026", new TestFacts().Directory("/dev/.udev2").File("/dev/.udev2/.a"), "/dev/.udev2", Severity.Low);
        Quiet("BI2026", new TestFacts().File("/root/.profile").File("/etc/.pwd.lock").File("/usr/lib/x/.placeholder").Program("/usr/bin/.ssh.hmac").Directory("/usr/bin/..."));
    }

    [Fact, Fires("BI2027"), Quiet("BI2027")]
    public void Links_that_lead_nowhere()
    {
        Fails("BI2027", new TestFacts().Link("/usr/bin/tool", "gone"), "/usr/bin/tool");
        Fails("BI2027", new TestFacts().Link("/usr/lib/libx.so.1", "libx.so.1.2"), "/usr/lib/libx.so.1");
        Notes("BI2027", new TestFacts().Link("/srv/a", "b"));
        Quiet("BI2027", new TestFacts().Link("/etc/mtab", "../proc/self/mounts").Link("/var/log/x", "/dev/stdout").Link("/srv/a", "b").File("/srv/b").Link("/root2", "/"));
    }

    [Fact, Fires("BI2028"), Quiet("BI2028")]
    public void Links_that_lead_out()
    {
        Fails("BI2028", new TestFacts().Link("/srv/up", "../../etc/shadow"), "/srv/up");
        Fails("BI2028", new TestFacts().Link("/srv/a/up", "x/../../../../etc"), "/srv/a/up");
        Fails("BI2028", new TestFacts().Link("/srv/host", "/proc/1/root/etc"), "/srv/host");
        Quiet("BI2028", new TestFacts().Link("/srv/a", "../etc/x").Link("/etc/mtab", "../proc/self/mounts").Link("/dev/fd", "/proc/self/fd").Link("/b", "/../etc"));
    }

    [Fact, Fires("BI2029"), Quiet("BI2029")]
    public void Engines_sockets()
    {
        Fails("BI2029", new TestFacts().File("/var/run/docker.sock"), "/var/run/docker.sock");
        Fails("BI2029", new TestFacts().Link("/srv/docker.sock", "/run/docker.sock"), "/srv/docker.sock");
        Quiet("BI2029", new TestFacts().File("/usr/share/doc/docker.socket").Directory("/run/docker.sock"));
    }

    [Fact, Fires("BI2030"), Quiet("BI2030")]
    public void Addresses_of_the_build()
    {
        Fails("BI2030", new TestFacts().File("/etc/resolv.conf", content: "# x\nnameserver 10.0.0.1\n"), "/etc/resolv.conf");
        Fails("BI2030", new TestFacts().File("/etc/hosts", content: "10.0.0.2 db\n"), "/etc/hosts");
        Quiet("BI2030", new TestFacts().File("/etc/resolv.conf", content: "\n; none\n").File("/etc/hosts", content: "127.0.0.1 localhost\n::1 localhost\nff02::1 ip6-allnodes\nfe00::0 ip6-localnet\n"));
    }

    [Fact, Fires("BI2031"), Quiet("BI2031")]
    public void Machine_ids()
    {
        Fails("BI2031", new TestFacts().File("/etc/machine-id", content: new string('a', 32) + "\n"), "/etc/machine-id");
        Quiet("BI2031", new TestFacts().File("/etc/machine-id", content: "").File("/var/lib/dbus/machine-id", content: "uninitialized\n"));
        Quiet("BI2031", new TestFacts().Link("/var/lib/dbus/machine-id", "/etc/machine-id"));
    }

    [Fact, Fires("BI2032"), Quiet("BI2032")]
    public void Seeds()
    {
        Fails("BI2032", new TestFacts().File("/var/lib/systemd/random-seed"), "/var/lib/systemd/random-seed");
        Fails("BI2032", new TestFacts().File("/root/.rnd"), "/root/.rnd");
        Quiet("BI2032", new TestFacts().File("/var/lib/systemd/random-seed", size: 0).File("/usr/bin/random-seed"));
    }

    [Fact, Fires("BI2033"), Quiet("BI2033")]
    public void Byte_code()
    {
        Fails("BI2033", new TestFacts().File("/usr/lib/python3/__pycache__/a.pyc", mark: ContentMark.TimedByteCode), "/usr/lib/python3/__pycache__");
        Quiet("BI2033", new TestFacts().File("/usr/lib/python3/__pycache__/a.pyc", mark: ContentMark.HashedByteCode).File("/srv/b.pyc"));
    }

    [Fact, Fires("BI2034"), Quiet("BI2034")]
    public void What_differs_from_build_to_build()
    {
        Fails("BI2034", new TestFacts().File("/var/log/dpkg.log"), "/var/log/dpkg.log");
        Fails("BI2034", new TestFacts().File("/var/cache/fontconfig/abc.cache-7"), "/var/cache/fontconfig/abc.cache-7");
        Quiet("BI2034", new TestFacts().File("/var/log/dpkg.log", size: 0).File("/etc/ld.so.cache").File("/var/log/app.log"));
    }

    [Fact, Fires("BI2035"), Quiet("BI2035")]
    public void Repositories()
    {
        Fails("BI2035", new TestFacts().File("/srv/.git/HEAD").File("/srv/.git/config"), "/srv/.git");
        Fails("BI2035", new TestFacts().File("/srv/.hg/requires"), "/srv/.hg");
        Quiet("BI2035", new TestFacts().File("/srv/.gitignore").File("/srv/.github/HEAD").File("/srv/git/HEAD"));
    }

    [Fact, Fires("BI2036"), Quiet("BI2036")]
    public void Backups()
    {
        foreach (string path in new[] { "/etc/a~", "/etc/.a.swp", "/srv/x.orig", "/etc/x.dpkg-old", "/srv/#a#", "/etc/x.bak" })
        {
            Fails("BI2036", new TestFacts().File(path), path);
        }

        Quiet("BI2036", new TestFacts().File("/usr/lib/x/a.bak").File("/etc/b.bak", package: "b").File("/srv/swp").File("/srv/~").Directory("/srv/x~"));
    }

    [Fact, Fires("BI2037"), Quiet("BI2037")]
    public void Core_files()
    {
        Fails("BI2037", new TestFacts().File("/srv/anything", mark: ContentMark.CoreDump), "/srv/anything");
        Quiet("BI2037", new TestFacts().File("/core").Program("/srv/core.1"));
    }

    [Fact, Fires("BI2038"), Quiet("BI2038")]
    public void Files_of_the_project()
    {
        Fails("BI2038", new TestFacts().File("/srv/Dockerfile"), "/srv/Dockerfile");
        Fails("BI2038", new TestFacts().File("/srv/.idea/a/b.xml").File("/srv/.idea/c"), "/srv/.idea");
        Quiet("BI2038", new TestFacts().File("/srv/node_modules/x/Dockerfile").File("/usr/share/x/Vagrantfile").File("/srv/Dockerfile.md").File("/srv/.ideas/a"));
    }

    [Fact, Fires("BI2039"), Quiet("BI2039")]
    public void Key_stores()
    {
        Fails("BI2039", new TestFacts().File("/etc/a", mark: ContentMark.Pkcs12), "/etc/a");
        Fails("BI2039", new TestFacts().File("/srv/terraform.tfstate"), "/srv/terraform.tfstate");
        Fails("BI2039", new TestFacts().File("/srv/a.jks"), "/srv/a.jks");
        Notes("BI2039", new TestFacts().File("/srv/test/a.p12"));
        Quiet("BI2039", new TestFacts().File("/etc/ssl/certs/java/cacerts", mark: ContentMark.JavaKeyStore).File("/srv/truststore.p12", mark: ContentMark.Pkcs12).File("/srv/a.p12", size: 0).File("/srv/tfstate"));
    }

    [Fact, Fires("BI2040"), Quiet("BI2040")]
    public void Package_sources()
    {
        void Of(string path, string content) => Fails("BI2040", new TestFacts().File(path, content: content), path);
        Of("/etc/apt/sources.list", "deb [ arch=amd64 trusted=yes ] http://x y main\n");
        Of("/etc/apt/sources.list.d/x.sources", "Types: deb\nTrusted: yes\n");
        Of("/etc/apt/apt.conf.d/99x", "APT::Get::AllowUnauthenticated \"true\";\n");
        Of("/etc/apt/apt.conf.d/99x", "Acquire::https::Verify-Peer \"false\";\n");
        Of("/etc/yum.repos.d/x.repo", "[x]\ngpgcheck = 0\n");
        Quiet("BI2040", new TestFacts()
            .File("/etc/apt/sources.list", content: "# deb [trusted=yes] http://x y main\ndeb [signed-by=/x.gpg] http://trusted=yes.example.org y main\n")
            .File("/etc/apt/apt.conf.d/99x", content: "// APT::Get::AllowUnauthenticated \"true\";\nAPT::Get::AllowUnauthenticated \"false\";\nAcquire::https::Verify-Peer \"true\";\n")
            .File("/etc/yum.repos.d/x.repo", content: "gpgcheck=1\nrepo_gpgcheck=0\n").File("/srv/x.repo", content: "gpgcheck=0\n"));
    }

    [Fact, Fires("BI2041"), Quiet("BI2041")]
    public void Settings_of_tools()
    {
        void Of(string path, string content) => Fails("BI2041", new TestFacts().File(path, content: content), path);
        Of("/root/.npmrc", "strict-ssl = false\n");
        Of("/etc/pip.conf", "[global]\ntrusted-host = x\n");
        Of("/root/.gitconfig", "[http]\n\tsslVerify = false\n");
        Of("/root/.curlrc", "--insecure\n");
        Of("/etc/wgetrc", "check_certificate = off\n");
        Of("/root/.condarc", "ssl_verify: false\n");
        Of("/etc/docker/daemon.json", "{ \"insecure-registries\": [ \"r:5000\" ] }\n");
        Quiet("BI2041", new TestFacts().File("/root/.npmrc", content: "strict-ssl=true\n# strict-ssl=false\n").File("/etc/pip.conf", content: "[global]\nindex-url = https://trusted-host=x\n").File("/root/.gitconfig", content: "[http]\nsslVerify = true\n").File("/srv/tests/.npmrc", content: "strict-ssl=false"));
    }

    [Fact, Fires("BI2042"), Quiet("BI2042")]
    public void Bytes_that_nobody_sees()
    {
        LayerUse wasteful = new() { Sizes = [10_000_000, 6_000_000], Hidden = [new HiddenFile("/opt/big", 1, 6_000_000)], Wasted = 6_000_000, Efficiency = 0.6 };
        AuditResult row = Fails("BI2042", new TestFacts { Use = wasteful });
        Assert.Contains(row.Findings, finding => finding.Path == "/opt/big");
        Quiet("BI2042", new TestFacts());
        Quiet("BI2042", new TestFacts { Use = wasteful with { Wasted = 500_000 } });
        Quiet("BI2042", new TestFacts { Use = wasteful with { Wasted = 10_000, Efficiency = 0.99, Sizes = [10, 20_000_000] } });
        Assert.Equal(AuditStatus.Fail, new TestFacts { Use = wasteful with { Wasted = 10_000, Efficiency = 0.99, Sizes = [10, 20_000_000] } }.Row("BI2042", AuditPolicy.None with { Limits = new PolicyLimits { WastedBytes = 9_999 } }).Status);
    }

    [Fact, Fires("BI2043"), Quiet("BI2043")]
    public void Files_that_are_there_twice()
    {
        Notes("BI2043", new TestFacts().File("/a", content: "same", size: 2_000_000).File("/b", content: "same", size: 2_000_000));
        Quiet("BI2043", new TestFacts().File("/a", content: "same", size: 2_000_000).File("/b", content: "same", kind: ImageFileKind.HardLink, size: 2_000_000).File("/c", content: "other", size: 2_000_000).File("/d", content: "tiny", size: 9).File("/e", content: "tiny", size: 9));
    }

    [Fact, Fires("BI2044"), Quiet("BI2044")]
    public void Trusted_authorities()
    {
        Fails("BI2044", Env("SSL_CERT_FILE=/etc/ssl/none.pem"));
        Notes("BI2044", new TestFacts());
        Quiet("BI2044", new TestFacts().File("/etc/ssl/certs/ca-certificates.crt"));
        Quiet("BI2044", Env("SSL_CERT_FILE=/etc/ssl/a.pem").File("/etc/ssl/a.pem"));
    }

    [Fact, Fires("BI2045"), Quiet("BI2045")]
    public void Certificates()
    {
        string Pem(string subject, int years, bool authority)
        {
            using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
            using X509Certificate2 certificate = request.CreateSelfSigned(TestFacts.Epoch.AddYears(-9), TestFacts.Epoch.AddYears(years));
            return certificate.ExportCertificatePem();
        }

        Fails("BI2045", new TestFacts().File("/etc/a.crt", content: Pem("CN=app", -1, false)), "/etc/a.crt");
        Fails("BI2045", new TestFacts().File("/etc/a.pem", content: Pem("CN=localhost", 9, false)), "/etc/a.pem");
        Quiet("BI2045", new TestFacts().File("/etc/a.crt", content: Pem("CN=app", 9, false)).File("/etc/ca.crt", content: Pem("CN=ca", -1, true)).File("/srv/tests/a.crt", content: Pem("CN=app", -1, false)).File("/etc/b.crt", content: "no certificate at all, whatever its name says of it, and long enough"));
    }

    [Fact, Fires("BI2046"), Quiet("BI2046")]
    public void The_users_own_system()
    {
        AuditResult row = Fails("BI2046", new TestFacts().Directory("/usr/bin", uid: 65532).Directory("/usr").File("/usr/bin/a", uid: 65532), "/usr/bin", Severity.Medium);
        Assert.Single(row.Findings);
        Fails("BI2046", new TestFacts().File("/etc/app.conf", uid: 65532), "/etc/app.conf", Severity.Low);
        Quiet("BI2046", new TestFacts().Directory("/usr").Directory("/srv", uid: 65532).File("/etc/a", 0x124, uid: 65532).File("/usr/open", 0x1B6));
        Quiet("BI2046", Config(config => config with { User = "0" }).Directory("/usr"));
    }

    [Fact, Fires("BI2047"), Quiet("BI2047")]
    public void Programs_of_others()
    {
        Fails("BI2047", new TestFacts().File("/usr/bin/a", 0x1ED, uid: 33), "/usr/bin/a");
        Fails("BI2047", new TestFacts().File("/usr/lib/libx.so.1", uid: 33), "/usr/lib/libx.so.1");
        Quiet("BI2047", new TestFacts().Program("/usr/bin/a").File("/srv/bin/a", 0x1ED, uid: 33).File("/usr/share/x", uid: 33));
    }

    [Fact, Fires("BI2048"), Quiet("BI2048")]
    public void Temporary_folders()
    {
        Fails("BI2048", new TestFacts().Directory("/tmp"), "/tmp");
        Fails("BI2048", new TestFacts().Directory("/tmp", 0x3FF).Directory("/var/tmp", 0x1FF), "/var/tmp");
        Notes("BI2048", new TestFacts());
        Quiet("BI2048", new TestFacts().Directory("/tmp", 0x3FF).Link("/var/tmp", "/tmp"));
    }

    [Fact, Fires("BI2049"), Quiet("BI2049")]
    public void The_loader()
    {
        Fails("BI2049", new TestFacts().File("/etc/ld.so.preload", content: "/x.so\n"), "/etc/ld.so.preload", Severity.High);
        Fails("BI2049", new TestFacts().File("/etc/ld.so.conf.d/a.conf", content: "lib\n"), "/etc/ld.so.conf.d/a.conf", Severity.Medium);
        Fails("BI2049", new TestFacts().File("/etc/ld.so.conf.d/a.conf", content: "/srv/lib\n").Directory("/srv/lib", uid: 65532), "/etc/ld.so.conf.d/a.conf");
        Quiet("BI2049", new TestFacts().File("/etc/ld.so.preload", content: "# none\n").File("/etc/ld.so.conf", content: "include /etc/ld.so.conf.d/*.conf\n").File("/etc/ld.so.conf.d/a.conf", content: "/usr/local/lib\n").Directory("/usr/local/lib"));
    }

    [Fact, Fires("BI2050"), Quiet("BI2050")]
    public void Files_below_mounts()
    {
        Fails("BI2050", new TestFacts().File("/proc/left"), "/proc/left");
        Fails("BI2050", new TestFacts().File("/dev/.x/y"), "/dev/.x/y");
        Quiet("BI2050", new TestFacts().Directory("/proc").Directory("/dev/pts").File("/dev/null", kind: ImageFileKind.CharacterDevice).File("/dev/console", size: 0).File("/procs/a"));
    }

    [Fact, Fires("BI2051"), Quiet("BI2051")]
    public void Attributes()
    {
        Fails("BI2051", new TestFacts().File("/a", attributes: ["system.posix_acl_access"]), "/a");
        Fails("BI2051", new TestFacts().File("/a", attributes: ["trusted.overlay.opaque"]), "/a");
        Notes("BI2051", new TestFacts().File("/a", attributes: ["user.note"]));
        Quiet("BI2051", new TestFacts().File("/a", attributes: ["security.selinux", "security.capability"]));
    }

    [Fact, Fires("BI2054"), Quiet("BI2054")]
    public void Names_that_mislead()
    {
        foreach (string path in new[] { "/usr/bin/ls ", "/srv/...", "/srv/ a", "/srv/a\u202egpj.exe", @"/srv/a\x0ab" })
        {
            Assert.Equal(AuditStatus.Fail, new TestFacts().File(path).Row("BI2054").Status);
        }

        Notes("BI2054", new TestFacts().File(@"/srv/caf\xe9"));
        Quiet("BI2054", new TestFacts().File("/srv/read me.txt").File("/srv/..a").File("/srv/Főtanúsítvány.crt").File(@"/srv/a\xyz"));
    }

    [Fact]
    public void Where_links_lead_is_told_by_their_text()
    {
        Assert.Equal("/etc/x", LinkText.Join("/srv", "../etc/./x"));
        Assert.Equal("/x", LinkText.Join("/srv", "../../../x"));
        Assert.False(LinkText.Climbs("/usr/lib", "../../x"));
        Assert.True(LinkText.Climbs("/usr/lib", "../../../x"));
    }
}
