using BaseImage.Engine.Auditing.Packages;
using BaseImage.Engine.Auditing.Policies;

namespace BaseImage.Engine.Tests.Auditing;

public class PackageRuleTests
{
    private const string Bookworm = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";

    private static string Stanza(string name, string more = "", string version = "1.0", string status = "install ok installed", string architecture = "amd64")
        => $"Package: {name}\nStatus: {status}\nArchitecture: {architecture}\nVersion: {version}\n{more}\n";

    /// <summary>A small Debian with these stanzas beside libc6 and base-files.</summary>
    private static TestFacts Debian(params string[] stanzas)
    {
        TestFacts facts = new TestFacts().File("/etc/os-release", content: Bookworm)
            .File("/var/lib/dpkg/status", content: string.Concat([Stanza("base-files", "Essential: yes\n"), Stanza("libc6", version: "2.36-9+deb12u8"), .. stanzas]))
            .File("/usr/share/doc/base-files/copyright", licences: ["GPL-2+"]).File("/usr/share/doc/libc6/copyright", licences: ["LGPL-2.1+"])
            .File("/usr/lib/os", package: "base-files");
        return facts;
    }

    private static TestFacts Alpine(string more = "", string release = "3.22.1")
        => new TestFacts().File("/etc/os-release", content: $"ID=alpine\nVERSION_ID={release}\nPRETTY_NAME=\"Alpine Linux\"\n")
            .File("/lib/apk/db/installed", content: $"P:busybox\nV:1.37.0-r18\nA:x86_64\nL:GPL-2.0-only\nF:bin\nR:busybox\n\n{more}").File("/bin/busybox", 0x1ED, package: "busybox");

    private static string Found(AuditResult row) => string.Join('|', row.Findings.Where(f => f.Severity > Severity.Info).Select(f => f.Path.Length > 0 ? f.Path : f.Message));

    private static TestFacts Planted(string rule) => rule switch
    {
        "BI3002" => Debian().Program("/usr/bin/theirs"),
        "BI3003" => new TestFacts().File("/etc/os-release", content: Bookworm),
        "BI3004" => Debian().Program("/usr/bin/python3.11"),
        "BI3005" => Debian().Program("/usr/bin/gcc-12"),
        "BI3006" => Debian().Program("/usr/bin/nc.openbsd"),
        "BI3007" => Debian().Program("/usr/bin/strace"),
        "BI3008" => Debian().Program("/usr/sbin/sshd"),
        "BI3009" => Debian(Stanza("libfoo-dev")),
        "BI3010" => Debian(Stanza("libfoo-dbgsym")),
        "BI3011" => Debian(Stanza("man-db")),
        "BI3012" => Debian(Stanza("broken", status: "install reinstreq half-installed")),
        "BI3013" => Debian(Stanza("held", status: "hold ok installed")),
        "BI3014" => Debian(Stanza("twice"), Stanza("twice", version: "2.0")),
        "BI3015" => Debian().Program("/usr/bin/dpkg"),
        "BI3016" => Debian().File("/usr/lib/os-release", content: ""),
        "BI3017" => Debian(Stanza("needy", "Depends: gone (>= 2)\n")),
        "BI3018" => Debian().File("/etc/apt/sources.list", content: "deb https://mirror.debian.org/debian trixie main\n"),
        "BI3019" => Debian().File("/etc/apt/sources.list", content: "deb http://packages.internal/debian bookworm main\n"),
        "BI3020" => Debian().File("/etc/apt/sources.list", content: "deb https://mirror.debian.org/debian stable main\n"),
        "BI3021" => Debian(Stanza("far", architecture: "i386")),
        "BI3023" => Debian(Stanza("nocopy")),
        "BI3024" => Debian().File("/root/.cache/pip/http/a"),
        "BI3025" => Debian().File("/app/node_modules/jest/package.json"),
        "BI3027" => Debian().File("/etc/apt/trusted.gpg.d/vendor.gpg"),
        "BI3028" => Alpine("P:.build-deps\nV:20240101.000000\nA:noarch\n"),
        "BI3029" => Debian(Stanza("linux-image-6.1.0-1-amd64", "Section: kernel\n")),
        _ => Debian(Stanza("removed", status: "deinstall ok config-files")),
    };

    public static TheoryData<string, string> Faults => new()
    {
        { "BI3002", "/usr/bin/theirs" }, { "BI3003", "/etc/os-release" }, { "BI3004", "/usr/bin/python3.11" }, { "BI3005", "/usr/bin/gcc-12" }, { "BI3006", "/usr/bin/nc.openbsd" }, { "BI3007", "/usr/bin/strace" },
        { "BI3008", "/usr/sbin/sshd" }, { "BI3009", "libfoo-dev" }, { "BI3010", "libfoo-dbgsym" }, { "BI3011", "man-db" }, { "BI3012", "half-installed" }, { "BI3013", "held" }, { "BI3014", "1.0 and 2.0" },
        { "BI3017", "gone (>= 2)" }, { "BI3018", "/etc/apt/sources.list" }, { "BI3019", "/etc/apt/sources.list" }, { "BI3020", "/etc/apt/sources.list" }, { "BI3021", "i386" }, { "BI3023", "nocopy" },
        { "BI3024", "/root/.cache/pip" }, { "BI3025", "/app/node_modules/jest" }, { "BI3027", "/etc/apt/trusted.gpg.d/vendor.gpg" }, { "BI3028", ".build-deps" }, { "BI3029", "linux-image" }, { "BI3030", "removed" },
    };

    [Theory, MemberData(nameof(Faults))]
    [Fires("BI3002", "BI3003", "BI3004", "BI3005", "BI3006", "BI3007", "BI3008", "BI3009", "BI3010", "BI3011", "BI3012", "BI3013", "BI3014", "BI3017", "BI3018", "BI3019", "BI3020", "BI3021", "BI3023", "BI3024", "BI3025", "BI3027", "BI3028", "BI3029", "BI3030")]
    public void A_fault_is_found(string rule, string what)
    {
        AuditResult row = Planted(rule).Row(rule);
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Contains(what, Found(row), StringComparison.Ordinal);
        Assert.DoesNotContain('|', Found(row));
    }

    [Theory, MemberData(nameof(Faults))]
    [Quiet("BI3002", "BI3003", "BI3004", "BI3005", "BI3006", "BI3007", "BI3008", "BI3009", "BI3010", "BI3011", "BI3012", "BI3013", "BI3014", "BI3017", "BI3018", "BI3019", "BI3020", "BI3021", "BI3023", "BI3024", "BI3025", "BI3027", "BI3028", "BI3029", "BI3030")]
    public void What_only_looks_like_one_is_not(string rule, string what)
    {
        Assert.NotEmpty(what);
        TestFacts facts = Debian(
                Stanza("develop-tools", "Section: utils\nDepends: libc6 (>= 2.3) | nowhere, virtual, , libc6:any\nProvides: virtual\n"), Stanza("linux-libc6", "Section: libs\n"), Stanza("all", architecture: "all"), Stanza("waiting", status: "install ok triggers-pending"))
            .File("/usr/share/doc/develop-tools/copyright").File("/usr/share/doc/linux-libc6/copyright").File("/usr/share/doc/all/copyright").Link("/usr/share/doc/waiting", "all")
            .Program("/usr/local/bin/ours").Link("/usr/bin/alternative", "../local/bin/ours").File("/usr/lib/python3/__pycache__/x.pyc")
            .Program("/usr/bin/pythonize", program: Engine.Auditing.ProgramKind.None).File("/usr/share/gcc", 0x1A4).Program("/usr/local/bin/gccount").Program("/usr/local/bin/ncal").Program("/app/strace/run").File("/usr/share/sshd")
            .File("/etc/apt/sources.list", content: "# http://x stable\ndeb [signed-by=/k] https://mirror.debian.org/debian bookworm-updates main\ndeb https://mirror.debian.org/debian-security bookworm-security main\n")
            .File("/etc/apt/trusted.gpg.d/mine.gpg", package: "debian-archive-keyring").File("/root/.cache/app/x").File("/app/node_modules/express/package.json").File("/app/jest/package.json");
        AuditResult row = rule == "BI3028" ? Alpine().Row(rule) : facts.Row(rule);
        Assert.Equal("", Found(row));
        Assert.Equal(AuditStatus.Pass, row.Status);
    }

    [Theory]
    [InlineData("/var/lib/rpm/rpmdb.sqlite")]
    [InlineData("/var/lib/pacman/local")]
    public void A_database_that_is_not_read_is_skipped_with_its_reason(string path)
    {
        foreach (string rule in (string[])["BI3002", "BI3009", "BI3012", "BI3014", "BI3017", "BI3021", "BI3023"])
        {
            AuditResult row = new TestFacts().File(path).Row(rule);
            Assert.Equal(AuditStatus.Skipped, row.Status);
            Assert.Contains("does not read it", row.Message, StringComparison.Ordinal);
            Assert.Contains("no package database", new TestFacts().File("/x").Row(rule).Message, StringComparison.Ordinal);
        }

        Assert.Equal(AuditStatus.Pass, new TestFacts().File(path).File("/etc/os-release", content: "ID=fedora\n").Row("BI3003").Status);
    }

    [Fact]
    public void An_image_of_one_program_needs_no_database() => Assert.Equal(AuditStatus.Pass, new TestFacts().Program("/app").Row("BI3003").Status);

    [Theory]
    [InlineData("debian", "eol", "eol-lts")]
    [InlineData("ubuntu", "eol", "")]
    public void Ends_of_life_are_those_that_the_distributions_publish(string distribution, string until, string extended)
    {
        string file = $"/usr/share/distro-info/{distribution}.csv";
        Tools.Require(File.Exists(file), "distro-info-data is not installed");
        string[][] rows = [.. File.ReadLines(file).Select(line => line.Split(','))];
        Dictionary<string, int> columns = rows[0].Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
        string? Cell(string[] row, string column) => columns.TryGetValue(column, out int i) && i < row.Length && row[i].Length > 0 ? row[i] : null;
        Dictionary<string, string[]> published = rows.Skip(1).ToDictionary(row => Cell(row, "series")!, StringComparer.Ordinal);

        // An older list than the table does not know the newest releases; what it knows has to agree.
        SupportedRelease[] known = [.. SupportTable.Of(distribution).Where(release => published.TryGetValue(release.Codename, out string[]? row) && Cell(row, until) is not null)];
        Assert.True(known.Length >= 6);
        Assert.Equal(
            known.Select(release => (release.Version, Cell(published[release.Codename], until)!, extended.Length == 0 ? null : Cell(published[release.Codename], extended))),
            known.Select(release => (Cell(published[release.Codename], "version")!.Split(' ')[0], release.Until.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), release.Extended?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Theory]
    [Fires("BI3016")]
    [Quiet("BI3016")]
    [InlineData("ID=debian\nVERSION_ID=\"11\"\n", "2026-11-24", AuditStatus.Fail, "2026-08-31")]
    [InlineData("ID=debian\nVERSION_ID=\"11\"\n", "2026-08-31", AuditStatus.Pass, "LTS")]
    [InlineData("ID=debian\nVERSION_ID=\"12\"\n", "2026-11-24", AuditStatus.Pass, "LTS")]
    [InlineData("ID=debian\nVERSION_ID=\"13\"\n", "2026-11-24", AuditStatus.Pass, "")]
    [InlineData("ID=ubuntu\nVERSION_ID=\"20.04\"\n", "2026-11-24", AuditStatus.Fail, "2025-05-29")]
    [InlineData("ID=ubuntu\nVERSION_ID=\"22.04\"\n", "2027-04-01", AuditStatus.Pass, "until 2027-06-01")]
    [InlineData("ID=alpine\nVERSION_ID=3.20.3\n", "2026-11-24", AuditStatus.Fail, "2026-04-01")]
    [InlineData("ID=alpine\nVERSION_ID=3.22.1\n", "2026-11-24", AuditStatus.Pass, "")]
    [InlineData("ID=debian\n", "2026-11-24", AuditStatus.Skipped, "not in the table")]
    [InlineData("ID=debian\nVERSION_ID=\"99\"\n", "2026-11-24", AuditStatus.Skipped, "not in the table")]
    [InlineData("ID=void\n", "2026-11-24", AuditStatus.Skipped, "not in the table")]
    [InlineData("", "2026-11-24", AuditStatus.Skipped, "does not say")]
    public void The_end_of_a_release_is_judged_at_the_time_of_the_audit(string release, string day, AuditStatus status, string says)
    {
        AuditResult row = new TestFacts().File("/usr/lib/os-release", content: release).Link("/etc/os-release", "../usr/lib/os-release").Row("BI3016", now: DateTimeOffset.Parse(day + "T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(status, row.Status);
        Assert.Contains(says, row.Message, StringComparison.Ordinal);
        Assert.Equal(says.Length > 0 && status != AuditStatus.Skipped ? 1 : 0, row.Findings.Count);
    }

    [Fact]
    [Fires("BI3015")]
    [Quiet("BI3015")]
    public void Essential_packages_are_missed_where_dpkg_is()
    {
        Assert.Contains("hostname", Found(Debian().Program("/usr/bin/dpkg").Row("BI3015")), StringComparison.Ordinal);
        string[] all = ["base-passwd", "bash", "bsdutils", "coreutils", "dash", "debianutils", "diffutils", "dpkg", "findutils", "grep", "gzip", "hostname", "init-system-helpers", "libc-bin", "ncurses-base", "ncurses-bin", "perl-base", "sed", "sysvinit-utils", "tar"];
        Assert.Equal(AuditStatus.Pass, Debian([.. all.Select(name => Stanza(name))]).Program("/usr/bin/dpkg").Row("BI3015").Status);
        Assert.Equal(AuditStatus.Skipped, Debian().Row("BI3015").Status);
    }

    [Theory]
    [Fires("BI3022")]
    [Quiet("BI3022")]
    [InlineData("GPL-3.0-only", "MIT|BSD*", "", true)]
    [InlineData("MIT", "MIT|BSD*", "", false)]
    [InlineData("MIT OR GPL-3.0-only", "MIT", "", false)]
    [InlineData("MIT AND GPL-3.0-only", "MIT", "", true)]
    [InlineData("MIT AND (GPL-3.0-only OR BSD-2-Clause)", "MIT|BSD*", "", false)]
    [InlineData("AGPL-3.0 AND (MIT OR BSD-2-Clause)", "", "AGPL*", true)]
    [InlineData("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", "", false)]
    [InlineData("GPL-2+ with OpenSSL exception", "GPL*", "", false)]
    [InlineData("MIT, BSD-3-clause", "MIT", "", true)]
    [InlineData("AGPL-3.0-only", "", "AGPL*", true)]
    [InlineData("GPL-2.0-only", "", "AGPL*", false)]
    public void Licences_are_those_that_the_policy_allows(string licence, string allowed, string denied, bool fails)
    {
        AuditPolicy policy = new() { Limits = new PolicyLimits { AllowedLicences = allowed.Length > 0 ? [.. allowed.Split('|'), "GPL-2.0-only"] : null, DeniedLicences = denied.Length > 0 ? denied.Split('|') : null } };
        AuditResult apk = Alpine($"P:x\nV:1\nL:{licence}\n").Row("BI3022", policy), dpkg = new TestFacts().File("/var/lib/dpkg/status", content: Stanza("x")).File("/usr/share/doc/x/copyright", licences: [licence]).Row("BI3022", policy);
        Assert.Equal(fails ? AuditStatus.Fail : AuditStatus.Pass, apk.Status);
        Assert.Equal(fails ? AuditStatus.Fail : AuditStatus.Pass, dpkg.Status);
        Assert.Equal(AuditStatus.Skipped, Alpine().Row("BI3022").Status);
        Assert.Contains("1 package no machine can read: y", new TestFacts().File("/var/lib/dpkg/status", content: Stanza("y")).File("/usr/share/doc/y/copyright", licences: []).Row("BI3022", policy).Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    [Fires("BI3026")]
    [Quiet("BI3026")]
    public void Packages_are_those_that_the_policy_allows()
    {
        static AuditPolicy Limits(PolicyLimits limits) => new() { Limits = limits };
        Assert.Contains("libc6", Found(Debian().Row("BI3026", Limits(new PolicyLimits { DeniedPackages = ["libc*"] }))), StringComparison.Ordinal);
        Assert.Contains("libc6", Found(Debian().Row("BI3026", Limits(new PolicyLimits { AllowedPackages = ["base-*"] }))), StringComparison.Ordinal);
        Assert.Contains("2 packages, where the policy allows 1", Found(Debian().Row("BI3026", Limits(new PolicyLimits { Packages = 1 }))), StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Pass, Debian().Row("BI3026", Limits(new PolicyLimits { Packages = 2, AllowedPackages = ["*"], DeniedPackages = ["telnet*"] })).Status);
        Assert.Equal(AuditStatus.Skipped, Debian().Row("BI3026").Status);
    }

    [Fact]
    public void Distroless_and_busybox_and_what_the_image_starts_are_notes()
    {
        AuditResult assembled = new TestFacts().File("/var/lib/dpkg/status.d/needy", content: "Package: needy\nVersion: 1\nArchitecture: all\nDepends: gone\n").Row("BI3017");
        Assert.Equal((AuditStatus.Pass, 1), (assembled.Status, assembled.Findings.Count));
        AuditResult box = new TestFacts().Program("/bin/busybox", program: Engine.Auditing.ProgramKind.MultiCall).Link("/usr/bin/nc", "/bin/busybox").Link("/usr/bin/wget", "../../bin/busybox").Row("BI3006");
        Assert.Equal((AuditStatus.Pass, "/bin/busybox"), (box.Status, Assert.Single(box.Findings).Path));
        TestFacts node = new() { Config = new() { Entrypoint = ["node"], Env = ["PATH=/usr/local/bin"] } };
        Assert.Equal((AuditStatus.Pass, 1), (node.Program("/usr/local/bin/node").Row("BI3004").Status, node.Row("BI3004").Findings.Count));
        Assert.Equal(AuditStatus.Pass, new TestFacts().File("/var/lib/dpkg/status.d/nocopy", content: "Package: nocopy\nVersion: 1\nArchitecture: all\n").Row("BI3023").Status);
        Assert.Equal(AuditStatus.Pass, Debian(Stanza("libc-bin", "Source: libc6 (2.36)\n")).Row("BI3023").Status);
        Assert.Equal(Severity.Low, Debian().Program("/usr/bin/curl").Row("BI3006").Findings[0].Severity);
        Assert.Equal(AuditStatus.Pass, Debian().File("/etc/apt/sources.list", content: "deb http://mirror.debian.org/debian bookworm main\n").Row("BI3019").Status);
    }

    [Fact]
    public void Packages_of_another_release_and_branches_of_alpine_are_found()
    {
        Assert.Contains("Debian 13", Found(Debian(Stanza("newer", version: "3.0-1+deb13u2")).Row("BI3018")), StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Pass, Debian(Stanza("back", version: "3.0-1~bpo12+1")).Row("BI3018").Status);
        Assert.Equal("/etc/apk/repositories", Found(Alpine().File("/etc/apk/repositories", content: "#x\n@edge https://dl-cdn.alpinelinux.org/alpine/edge/main\n\nhttps://dl-cdn.alpinelinux.org/alpine/v3.22/main\n").Row("BI3020")));
        Assert.Equal("/etc/apk/repositories", Found(Alpine().File("/etc/apk/repositories", content: "https://dl-cdn.alpinelinux.org/alpine/v3.19/main\n").Row("BI3018")));
        Assert.Equal(3, Debian().File("/etc/apt/sources.list.d/x.sources", content: "# a\nTypes: deb\nURIs: https://mirror.debian.org/debian\nSuites: trixie sid trixie-updates\nComponents: main\n").Row("BI3018").Findings.Count + 1);
    }
}
