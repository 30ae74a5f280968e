using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Tests.Auditing;

public class ElfRuleTests
{
    private const string Gcc = "GCC: (Debian 12.2.0-14) 12.2.0";

    /// <summary>A program as it should be.</summary>
    private static ElfFacts Good { get; } = new()
    {
        Bits = 64,
        Machine = 62,
        Kind = ElfKind.Shared,
        IsDynamic = true,
        IsPieFlagged = true,
        Interpreter = "/lib64/ld-linux-x86-64.so.2",
        Needed = ["libc.so.6"],
        NeededVersions = ["libc.so.6:GLIBC_2.34"],
        Relro = ElfRelro.Full,
        Stack = ElfStack.Protected,
        HasStackProtector = true,
        HasSections = true,
        Compilers = [Gcc],
    };

    private static ElfFacts Library(string soname, params string[] needed) => Good with { IsPieFlagged = false, Interpreter = "", Soname = soname, Needed = needed, NeededVersions = [] };

    /// <summary>A system with a C library of a package, and a program.</summary>
    private static TestFacts System(ElfFacts program, string path = "/app/run") => new TestFacts { Config = new() { Entrypoint = [path] } }
        .Elf("/usr/lib/libc.so.6", Library("libc.so.6") with { DefinedVersions = ["GLIBC_2.34", "GLIBC_2.36"] }, "libc6")
        .Elf("/lib64/ld-linux-x86-64.so.2", Library("ld-linux-x86-64.so.2"), "libc6")
        .Elf(path, program);

    private static string Found(AuditResult row) => string.Join(' ', row.Findings.Where(f => f.Severity > Severity.Info).Select(f => $"{f.Path}:{f.Severity}"));

    public static TheoryData<string, string> Faults => new()
    {
        { "BI2080", "High" }, { "BI2081", "Medium" }, { "BI2082", "Medium" }, { "BI2083", "Low" }, { "BI2084", "Low" }, { "BI2085", "High" }, { "BI2086", "Medium" }, { "BI2087", "Low" },
        { "BI2088", "Low" }, { "BI2089", "High" }, { "BI2090", "High" }, { "BI2092", "High" }, { "BI2094", "High" }, { "BI2095", "Medium" },
    };

    private static ElfFacts Fault(string rule) => rule switch
    {
        "BI2080" => Good with { Stack = ElfStack.Executable },
        "BI2081" => Good with { Kind = ElfKind.Executable },
        "BI2082" => Good with { Relro = ElfRelro.None },
        "BI2083" => Good with { HasStackProtector = false },
        "BI2084" => Good with { UncheckedCalls = ["strcpy"] },
        "BI2085" => Good with { Runpath = "lib" },
        "BI2086" => Good with { HasTextRelocations = true },
        "BI2087" => Good with { HasSymbolTable = true, SymbolBytes = 1000 },
        "BI2088" => Good with { DebugBytes = 5000 },
        "BI2089" => Good with { Needed = ["libgone.so.1"] },
        "BI2090" => Good with { NeededVersions = ["libc.so.6:GLIBC_2.38"] },
        "BI2092" => Good with { Machine = 183, Needed = [], Interpreter = "/lib64/ld-linux-x86-64.so.2" },
        "BI2094" => Good with { HasWritableCode = true },
        _ => Good with { Damage = "it is cut off" },
    };

    [Theory, MemberData(nameof(Faults))]
    [Fires("BI2080", "BI2081", "BI2082", "BI2083", "BI2084", "BI2085", "BI2086", "BI2087", "BI2088", "BI2089", "BI2090", "BI2092", "BI2094", "BI2095")]
    public void A_fault_of_a_program_is_found(string rule, string severity)
    {
        AuditResult row = System(Fault(rule)).Row(rule);
        Assert.Equal((AuditStatus.Fail, $"/app/run:{severity}"), (row.Status, Found(row)));
    }

    [Theory, MemberData(nameof(Faults))]
    [Quiet("BI2080", "BI2081", "BI2082", "BI2083", "BI2084", "BI2085", "BI2086", "BI2087", "BI2088", "BI2089", "BI2090", "BI2092", "BI2094", "BI2095")]
    public void A_program_as_it_should_be_is_not(string rule, string severity)
    {
        Assert.NotEmpty(severity);
        AuditResult row = System(Good).Row(rule);
        Assert.Equal((AuditStatus.Pass, 0), (row.Status, row.Findings.Count));
        Assert.Equal(AuditStatus.Skipped, new TestFacts().File("/etc/x").Row(rule).Status);
    }

    [Theory]
    [InlineData("BI2080")]
    [InlineData("BI2081")]
    [InlineData("BI2082")]
    [InlineData("BI2083")]
    [InlineData("BI2084")]
    [InlineData("BI2086")]
    [InlineData("BI2087")]
    [InlineData("BI2088")]
    [InlineData("BI2094")]
    public void What_a_distribution_or_a_module_decided_is_a_note(string rule)
    {
        AuditResult row = System(Good).Elf("/usr/bin/theirs", Fault(rule), "theirs").Elf("/app/node_modules/x/build/x.node", Fault(rule)).Row(rule);
        Assert.Equal((AuditStatus.Pass, 1), (row.Status, row.Findings.Count));
        Assert.Contains("2 files of packages: /app/node_modules/x/build/x.node, /usr/bin/theirs", row.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_database_says_whose_a_file_is_the_systems_folders_are_not_ones_own()
        => Assert.Equal("/app/b:Medium", Found(new TestFacts().Elf("/usr/bin/a", Fault("BI2081")).Elf("/app/b", Fault("BI2081")).Row("BI2081")));

    [Theory]
    [InlineData("", true)]
    [InlineData("/opt/lib:", true)]
    [InlineData("/tmp/x", true)]
    [InlineData("/open/made", true)]
    [InlineData("/open", true)]
    [InlineData("../lib", true)]
    [InlineData("$ORIGIN/../lib", false)]
    [InlineData("${ORIGIN}", false)]
    [InlineData("/build/machine/lib", false)]
    [InlineData("/opt/lib", false)]
    public void Search_paths_are_judged_by_who_can_write_there(string path, bool fails)
        => Assert.Equal(fails ? AuditStatus.Fail : AuditStatus.Pass, System(Good with { Rpath = path }).Directory("/opt").Directory("/opt/lib").Directory("/tmp", 0x3FF).Directory("/open", 0x1FF).Row("BI2085").Status);

    [Fact]
    public void How_much_a_missing_library_matters_depends_on_who_lacks_it()
    {
        ElfFacts lacking = Good with { Needed = ["libgone.so"] };
        AuditResult row = System(Good).Elf("/app/tool", lacking).Elf("/app/libx.so", Library("libx.so", "libgone.so")).Elf("/usr/bin/theirs", lacking, "theirs").Elf("/usr/lib/libopt.so", Library("libopt.so", "libgone.so"), "theirs").Row("BI2089");
        Assert.Equal("/app/libx.so:Low /app/tool:Medium /usr/bin/theirs:Low", Found(row).Split(' ').Order(StringComparer.Ordinal).Aggregate((a, b) => a + " " + b));
        Assert.Contains("dynamic linker", System(Good with { Interpreter = "/lib/ld-musl-x86_64.so.1" }).Row("BI2089").Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_elsewhere_of_musl_and_of_another_processor_are_told_apart()
    {
        Assert.Equal(AuditStatus.Pass, System(Good with { Needed = ["libfar.so.1"] }).Elf("/opt/far/libfar.so.1.2", Library("libfar.so.1")).Link("/opt/far/libfar.so.1", "libfar.so.1.2").Row("BI2089").Status);
        Assert.Equal(AuditStatus.Fail, System(Good with { Needed = ["libfar.so.1"] }).Elf("/opt/far/libfar.so.1", Library("libfar.so.1") with { Machine = 183 }).Row("BI2089").Status);
        ElfFacts musl = Good with { Interpreter = "/lib/ld-musl-x86_64.so.1", Needed = ["libc.musl-x86_64.so.1"], NeededVersions = [] };
        Assert.Equal(AuditStatus.Pass, new TestFacts().Elf("/lib/ld-musl-x86_64.so.1", Library("")).Elf("/app/run", musl).Row("BI2089").Status);
    }

    [Fact]
    [Fires("BI2091")]
    public void A_library_that_nothing_needs_is_found()
    {
        AuditResult row = System(Good).Elf("/app/libidle.so.1", Library("libidle.so.1")).Elf("/usr/lib/liblonely.so.1", Library("liblonely.so.1"), "liblonely1").Row("BI2091");
        Assert.Equal("/app/libidle.so.1:Low /usr/lib/liblonely.so.1:Low", Found(row));
    }

    [Fact]
    [Quiet("BI2091")]
    public void What_is_needed_through_others_or_loaded_by_name_is_not_idle()
    {
        TestFacts facts = System(Good with { Needed = ["libc.so.6", "liba.so.1"] }).Elf("/usr/lib/liba.so.1", Library("liba.so.1", "libb.so.1"), "liba").Elf("/usr/lib/libb.so.1", Library("libb.so.1"), "libb")
            .Elf("/usr/lib/libb-extra.so.1", Library("libb-extra.so.1"), "libb").Elf("/usr/lib/libnss_ldap.so.2", Library("libnss_ldap.so.2")).Elf("/usr/lib/gconv/UTF-16.so", Library("")).Elf("/usr/lib/libicuuc.so.72", Library("libicuuc.so.72"))
            .Elf("/usr/lib/ossl-modules/legacy.so", Library("legacy.so")).Elf("/usr/lib/python3/dist-packages/x.cpython-311.so", Library("")).Elf("/app/plugin.so", Library(""));
        Assert.Equal((AuditStatus.Pass, ""), (facts.Row("BI2091").Status, Found(facts.Row("BI2091"))));

        // An interpreter may load any; a base for other images has libraries for those.
        Assert.Equal(AuditStatus.Pass, System(Good).Program("/usr/bin/python3.11").Elf("/app/libidle.so.1", Library("libidle.so.1")).Row("BI2091").Status);
        Assert.Equal(AuditStatus.Pass, new TestFacts().Elf("/usr/bin/tool", Good, "tool").Elf("/usr/lib/libstdc++.so.6", Library("libstdc++.so.6"), "libstdc++6").Row("BI2091").Status);
    }

    [Fact]
    public void An_image_full_of_another_processors_programs_is_one_finding()
    {
        TestFacts facts = new();
        foreach (string name in (string[])["a", "b", "c", "d"])
        {
            facts.Elf("/usr/bin/" + name, Good with { Machine = 183 }, "p");
        }

        Assert.Contains("All 4 programs and libraries are for arm64, and the config says linux/amd64", Assert.Single(facts.Row("BI2092").Findings).Message, StringComparison.Ordinal);
        AuditResult beside = System(Good).Elf("/app/runtimes/linux-arm64/native/libx.so", Good with { Machine = 183 }).Elf("/app/tool-aarch64", Good with { Machine = 183 }).Elf("/app/old", Good with { Machine = 3, Bits = 32 }).Row("BI2092");
        Assert.Equal("/app/old:Low", Found(beside));
        Assert.Equal(AuditStatus.Skipped, new TestFacts { Platform = new Platform("linux", "z80") }.Elf("/a", Good).Row("BI2092").Status);
    }

    [Theory]
    [Fires("BI2093")]
    [InlineData("GCC: (Debian 10.2.1-6) 10.2.1 20210110", "", true)]
    [InlineData("Debian clang version 13.0.1-6", "", true)]
    [InlineData("", "go1.21.5", true)]
    [InlineData("", "go1.22", false)]
    [InlineData("GCC: (Debian 12.2.0-14) 12.2.0", "", false)]
    [InlineData("GCC: (GNU) 14.1.0", "", false)]
    [InlineData("rustc version 1.60.0 (7737e0b5c 2022-04-04)", "", false)]
    [InlineData("something else", "", false)]
    public void Old_compilers_are_found(string comment, string go, bool fails)
    {
        AuditPolicy policy = new() { Limits = new PolicyLimits { Compilers = new Dictionary<string, string> { ["GCC"] = "12", ["clang"] = "14.0", ["Go"] = "1.22" } } };
        Assert.Equal(fails ? AuditStatus.Fail : AuditStatus.Pass, System(Good with { Compilers = [comment], GoVersion = go }).Row("BI2093", policy).Status);
        Assert.Equal(AuditStatus.Pass, System(Good with { Compilers = [] }).Elf("/usr/bin/theirs", Good with { Compilers = [comment] }, "theirs").Row("BI2093", policy).Status);
    }

    [Fact]
    [Quiet("BI2093")]
    public void Without_a_policy_compilers_are_not_judged() => Assert.Equal(AuditStatus.Skipped, System(Good).Row("BI2093").Status);
}
