using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Runtime;

/// <summary>Services that are run in dockerd and in podman, from their start to their stop.</summary>
[Collection("Runs in engines")]
public sealed class ServiceTests(ITestOutputHelper output)
{
    private const string Rules = "BI501?,BI502?";

    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    [Quiet("BI5010", "BI5011", "BI5012", "BI5013", "BI5014", "BI5015", "BI5016")]
    [Quiet("BI5017", "BI5018", "BI5019", "BI5020", "BI5021", "BI5022")]
    public async Task An_honest_service_passes(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "th"], """{"ExposedPorts":{"8080/tcp":{}},"Healthcheck":{"Test":["CMD","/bin/id","-u"]}}""");
        Assert.All(rows.Rows, row => Assert.True(row.Status is AuditStatus.Pass, rows.ToString()));
        Assert.Equal(13, rows.Rows.Count);
        Assert.Contains("100 of 100 requests", rows["BI5014"].Message, StringComparison.Ordinal);
        Assert.Equal(1, rows.Facts!.LockedDown!.KernelProcessors);
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5013", "BI5015", "BI5017", "BI5019")]
    public async Task One_that_ignores_its_signal_listens_elsewhere_and_leaks_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "iLUAzH"], """{"ExposedPorts":{"8080/tcp":{},"8443/tcp":{}}}""", request => request with { Grace = TimeSpan.FromSeconds(2) });
        Failed(rows, "BI5015", "process 1 (actor) ignores it");
        Failed(rows, "BI5013", "9999/tcp");
        Assert.Contains(rows["BI5013"].Findings, finding => finding.Message.Contains("5300/udp", StringComparison.Ordinal));
        Assert.Contains(rows["BI5013"].Findings, finding => finding.Message.Contains("'@act'", StringComparison.Ordinal));
        Assert.Contains(rows["BI5013"].Findings, finding => finding is { Severity: Severity.Info } && finding.Message.Contains("8443/tcp", StringComparison.Ordinal));
        Failed(rows, "BI5017", "process 1 (actor) does not wait for 1 ended child");
        Failed(rows, "BI5019", "more open descriptors");
        Assert.Equal((AuditStatus.Skipped, AuditStatus.Pass, AuditStatus.Pass), (rows["BI5016"].Status, rows["BI5012"].Status, rows["BI5022"].Status));
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5011", "BI5012")]
    public async Task A_shell_that_swallows_signals_and_a_health_check_whose_program_is_missing_are_explained(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["sh", "-c", "/app/actor w; true"], """{"Healthcheck":{"Test":["CMD","/usr/bin/curl","-f","http://localhost/"]}}""",
            request => request with { Grace = TimeSpan.FromSeconds(2), Ready = TimeSpan.FromSeconds(2) });
        Failed(rows, "BI5015", "process 1 (sh) has no handler for it and does not pass it on to process");
        Failed(rows, "BI5011", "cannot be executed: /usr/bin/curl");
        Failed(rows, "BI5012", "its health check does not succeed");
        Assert.Equal(AuditStatus.Skipped, rows["BI5014"].Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5011", "BI5016")]
    public async Task One_that_never_becomes_healthy_and_ends_with_a_failure_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "Th"], """{"ExposedPorts":{"8080/tcp":{}},"Healthcheck":{"Test":["CMD-SHELL","echo not yet; exit 1"]}}""", request => request with { Ready = TimeSpan.FromSeconds(2) });
        Failed(rows, "BI5011", "It never becomes healthy");
        Assert.Contains("not yet", rows["BI5011"].Message, StringComparison.Ordinal);
        Failed(rows, "BI5016", "ends with code 3");
        Assert.Equal(AuditStatus.Pass, rows["BI5015"].Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5018")]
    public async Task A_leak_up_to_its_limit_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "tg"], "{}", request => request with { Memory = 48L << 20, LeakTime = TimeSpan.FromSeconds(30) }, "BI5018");
        Failed(rows, "BI5018", rows["BI5018"].Severity is Severity.High ? "It grows up to its limit of 48 MiB, where the kernel ends it" : "does not stop");
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5018")]
    public async Task A_leak_that_has_not_reached_its_limit_yet_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "tg"], "{}", request => request with { Memory = 1L << 30, LeakTime = TimeSpan.FromSeconds(1) }, "BI5018");
        Assert.True(rows["BI5018"].Status is AuditStatus.Fail, rows.ToString());
        output.WriteLine(rows.ToString());
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5014", "BI5022")]
    public async Task One_that_dies_under_load_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "tD"], """{"ExposedPorts":{"8080/tcp":{}}}""");
        Failed(rows, "BI5014", "Under load it ended with code 4");
        Failed(rows, "BI5022", "it ended with code 4 under the load");
        Assert.Equal(AuditStatus.Skipped, rows["BI5015"].Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5020")]
    public async Task A_flood_of_output_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["yes", "and no end"], "{}", request => request with { Grace = TimeSpan.FromSeconds(1) }, "BI5020");
        Failed(rows, "BI5020", "and no end");
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5010", "BI5021")]
    public async Task One_that_insists_on_all_processors_and_on_a_host_name_is_caught(string engine)
    {
        const string Script = "q=$(cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null); case \"$q\" in -1*|max*) ;; *) echo few; exit 9;; esac; "
            + "case $(busybox hostname) in baseimage-*) echo whose name; exit 8;; esac; exec sleep 60";
        RunRows rows = await AuditAsync(engine, ["sh", "-c", Script], "{}", rules: "BI5010,BI5021");
        Failed(rows, "BI5010", "it ends with code 9; its last lines: few");
        Failed(rows, "BI5021", "it ends with code 8; its last lines: whose name");
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5021")]
    public async Task One_that_wants_a_terminal_is_caught(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["sh", "-c", "[ -t 1 ] || exit 5; exec sleep 60"], "{}", rules: "BI5021");
        Failed(rows, "BI5021", "Without a terminal it ends with code 5; with one it runs");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_tool_that_ends_is_no_service(string engine)
    {
        RunRows rows = await AuditAsync(engine, ["/app/actor", "x"], "{}", rules: "BI5011,BI5013,BI5014,BI5015,BI5018");
        Assert.All(rows.Rows, row => Assert.True(row is { Status: AuditStatus.Skipped } && row.Message.Contains("no service", StringComparison.Ordinal), rows.ToString()));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_policy_says_under_what_an_image_runs(string engine)
    {
        const string Policy = """
            "Runtime": { "MemoryLimit": "48 MiB", "ProcessLimit": 32, "ProcessorLimit": 0.5, "RunAs": "4321:8765", "GraceSeconds": 2, "LoadRequests": 7 },
            "Images": { "localhost/run*": { "Runtime": { "Port": [8080], "LoadPath": "/health" } }, "other*": { "Runtime": { "LoadRequests": 0 } } }
            """;
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "app", ["/app/actor", "ih"], request => request with { Watch = TimeSpan.FromMilliseconds(300) }, rules: Rules + ",BI5009", policy: Policy);
        output.WriteLine(rows.ToString());
        BaseImage.Engine.Auditing.Runtime.RunObservation locked = rows.Facts!.LockedDown!;
        Assert.Equal((48L << 20, 32L, 0.5), (locked.KernelMemory, locked.KernelProcesses, locked.KernelProcessors));
        Assert.Equal((4321, 8765), (locked.Given!.Uids.Effective, locked.Given.Gids.Effective));
        Assert.Equal((TimeSpan.FromSeconds(2), "/health"), (rows.Facts.Request!.Grace, rows.Facts.Request.LoadPath));
        Assert.Contains("7 of 7 requests", rows["BI5014"].Message, StringComparison.Ordinal);
        Failed(rows, "BI5015", "process 1 (actor) ignores it");
        Assert.Empty(await runs.LabelledAsync());
    }

    private static void Failed(RunRows rows, string rule, string message)
        => Assert.True(rows[rule].Status is AuditStatus.Fail && rows[rule].Findings.Any(finding => finding.Message.Contains(message, StringComparison.Ordinal)), $"{rule} does not say '{message}'\n{rows}");

    private async Task<RunRows> AuditAsync(string engine, string[] program, string more, Func<RuntimeRequest, RuntimeRequest>? change = null, string rules = Rules)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "app", program,
            request => (change ?? (same => same))(request with { Watch = TimeSpan.FromMilliseconds(300), Ready = TimeSpan.FromSeconds(20) }), rules: rules, more: more);
        output.WriteLine(rows.ToString());
        Assert.Empty(await runs.LabelledAsync());
        return rows;
    }
}
