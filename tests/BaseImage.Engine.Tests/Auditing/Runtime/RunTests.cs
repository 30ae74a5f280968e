using BaseImage.Engine.Tests.Engines;

namespace BaseImage.Engine.Tests.Auditing.Runtime;

/// <summary>Images that are run in dockerd and in podman. Letters: the rules from BI5001 on, Pass, Fail, Skipped or Error.</summary>
[Collection("Runs in engines")]
public sealed class RunTests
{
    private const int SetUserId = 0x9ED;

    // struct vfs_cap_data of revision 2, little endian: the effective bit, CAP_SETUID permitted, nothing inheritable.
    private static readonly byte[] SetUidCapability = [1, 0, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static TheoryData<string> Both => TestEngines.Both;

    [Theory, MemberData(nameof(Both))]
    [Quiet("BI5001", "BI5002", "BI5003", "BI5004", "BI5005", "BI5006", "BI5007", "BI5008", "BI5009")]
    public async Task An_honest_image_passes(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "app", ["sleep", "60"]);
        rows.Expect("PPPPPPPPP");
        Assert.Contains("uid 65532", rows["BI5002"].Message, StringComparison.Ordinal);
        Assert.False(rows.Facts!.IsDirect);
        Assert.Equal((512L << 20, 256L), (rows.Facts.LockedDown!.KernelMemory, rows.Facts.LockedDown.KernelProcesses));
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_tool_that_ends_in_milliseconds_is_seen(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        (await runs.AuditAsync(await TestRuns.LayerAsync(), "65532:65532", ["/app/actor", "x"])).Expect("PPPPPPPPP");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_set_id_program_that_regains_root_is_caught_however_short_it_runs(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync(SetUserId);
        foreach (string act in new[] { "x", "w", "rw", "fx" })
        {
            RunRows rows = await runs.AuditAsync(layer, "app", ["/app/actor", act]);
            Assert.Equal((AuditStatus.Fail, Severity.High, "/app/actor"), (rows["BI5002"].Status, rows["BI5002"].Severity, rows["BI5002"].Findings[0].Path));
            Assert.Contains("started as uid 65532 ('app' in the configuration) and becomes root", rows["BI5002"].Message, StringComparison.Ordinal);
            Assert.DoesNotContain("no-new-privileges", rows["BI5002"].Message, StringComparison.Ordinal);
            Assert.Equal((AuditStatus.Pass, AuditStatus.Pass), (rows["BI5004"].Status, rows["BI5005"].Status));
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_file_capability_that_regains_root_is_caught(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync(capability: SetUidCapability);
        RunRows rows = await runs.AuditAsync(layer, "app", ["/app/actor", "rx"]);
        Assert.Equal(AuditStatus.Fail, rows["BI5002"].Status);
        Assert.Contains("becomes root", rows["BI5002"].Message, StringComparison.Ordinal);

        // Without using it the process is no root, and holds the power all the same.
        rows = await runs.AuditAsync(layer, "app", ["/app/actor", "x"]);
        Assert.True((rows["BI5002"].Status, rows["BI5003"].Status) == (AuditStatus.Pass, AuditStatus.Fail), rows.ToString());
        Assert.Contains("CAP_SETUID", rows["BI5003"].Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Root_that_stays_and_root_that_is_given_up_are_told_apart(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync();
        AuditResult stays = (await runs.AuditAsync(layer, "", ["/app/actor", "w"]))["BI5002"];
        Assert.Equal((AuditStatus.Fail, Severity.High), (stays.Status, stays.Severity));
        AuditResult gives = (await runs.AuditAsync(layer, "0:0", ["/app/actor", "dw"]))["BI5002"];
        Assert.Equal((AuditStatus.Fail, Severity.Medium), (gives.Status, gives.Severity));
        Assert.Contains("starts as root and becomes uid 65532", gives.Message, StringComparison.Ordinal);
        AuditResult brief = (await runs.AuditAsync(layer, "root", ["/app/actor", "dx"]))["BI5002"];
        Assert.Equal((AuditStatus.Fail, Severity.High), (brief.Status, brief.Severity));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_worst_process_counts(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);

        // A shell that starts the set-id program beside itself and goes on as a user.
        AuditResult row = (await runs.AuditAsync(await TestRuns.LayerAsync(SetUserId), "app", ["sh", "-c", "/app/actor w & exec sleep 60"]))["BI5002"];
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Contains("(actor)", row.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5001")]
    public async Task An_image_that_does_not_start_says_why(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync();
        RunRows rows = await runs.AuditAsync(layer, "app", ["/nowhere"]);
        rows.Expect("FPPPPSSSS");
        Assert.Contains("no such program", rows["BI5001"].Message, StringComparison.Ordinal);
        Assert.Equal(Severity.Medium, rows["BI5001"].Severity);

        rows = await runs.AuditAsync(layer, "app", ["sh", "-c", "echo one; printf 'two\\033[31m\\n' >&2; exit 3"]);
        rows.Expect("FPPPPSSSS");
        Assert.Contains("it ends with code 3; its last lines: one | two\\x1b[31m", rows["BI5001"].Message, StringComparison.Ordinal);
        Assert.Equal(Severity.Low, rows["BI5001"].Severity);

        rows = await runs.AuditAsync(layer, "app", ["/app/actor", "k"]);
        Assert.Contains("it ends by signal 11 (SEGV)", rows["BI5001"].Message, StringComparison.Ordinal);
        Assert.Equal((AuditStatus.Fail, Severity.Medium), (rows["BI5001"].Status, rows["BI5001"].Severity));

        rows = await runs.AuditAsync(layer, "nobody-of-that-name", ["sleep", "60"]);
        Assert.Equal(AuditStatus.Fail, rows["BI5001"].Status);
        Assert.Equal(AuditStatus.Error, rows["BI5002"].Status);
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_image_without_a_program_is_probed_by_itself(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] empty = new TestTar().Add("etc/", '5', mode: 0x1ED).Add("etc/motd", content: "static\n"u8.ToArray()).ToArray();
        (await runs.AuditAsync(empty, "65532:65532", [])).Expect("SPPPPSSSS");
        RunRows root = await runs.AuditAsync(empty, "", []);
        root.Expect("SFPPPSSSS");
        Assert.Contains("runs as root", root["BI5002"].Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5006")]
    public async Task A_program_that_writes_to_its_root_fails_on_a_read_only_one(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "app", ["sh", "-c", "touch /srv/state && exec sleep 60"]);
        rows.Expect("PPPPPFPPP");
        Assert.Contains("Read-only file system", rows["BI5006"].Message, StringComparison.Ordinal);
        Assert.Contains(rows["BI5006"].Findings, finding => finding.Path == "/srv/state");
        (await runs.AuditAsync(await TestRuns.LayerAsync(), "app", ["sh", "-c", "touch /tmp/state && exec sleep 60"])).Expect("PPPPPPPPP");
    }

    [Theory, MemberData(nameof(Both))]
    [Fires("BI5007")]
    public async Task A_program_that_insists_on_its_user_fails_as_an_arbitrary_one(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "app", ["sh", "-c", "id -u | grep -q 65532 || { echo not me; exit 4; }; exec sleep 60".Replace("grep", "busybox grep", StringComparison.Ordinal)]);
        rows.Expect("PPPPPPFPP");
        Assert.Contains("not me", rows["BI5007"].Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_program_that_needs_more_memory_fails_within_the_limit(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync();
        RunRows rows = await runs.AuditAsync(layer, "app", ["/app/actor", "mw"], request => request with { Memory = 32L << 20 });
        rows.Expect("PPPPPPPFP");
        Assert.Contains("for want of memory", rows["BI5008"].Message, StringComparison.Ordinal);
        rows = await runs.AuditAsync(layer, "app", ["/app/actor", "mw"], request => request with { Memory = 128L << 20 });
        rows.Expect("PPPPPPPPP");

        // A child that is ended while its parent goes on.
        rows = await runs.AuditAsync(layer, "app", ["/app/actor", "omw"], request => request with { Memory = 32L << 20 });
        Assert.Equal(AuditStatus.Fail, rows["BI5008"].Status);
        Assert.Contains("it goes on", rows["BI5008"].Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_program_that_needs_more_processes_fails_within_the_limit(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync();
        RunRows rows = await runs.AuditAsync(layer, "app", ["/app/actor", new string('o', 20) + "w"], request => request with { Processes = 12 });
        Assert.Equal(AuditStatus.Fail, rows["BI5009"].Status);
        rows = await runs.AuditAsync(layer, "app", ["/app/actor", new string('f', 20) + "w"], request => request with { Processes = 64 });
        rows.Expect("PPPPPPPPP");
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_program_that_needs_capabilities_says_so(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "", ["sh", "-c", "busybox chown 1:1 /srv /tmp && exec sleep 60"]);
        Assert.Equal((AuditStatus.Fail, Severity.Medium), (rows["BI5003"].Status, rows["BI5003"].Severity));
        Assert.Contains("not permitted", rows["BI5003"].Message, StringComparison.Ordinal);
        Assert.Equal(AuditStatus.Fail, rows["BI5006"].Status);
        Assert.Equal((AuditStatus.Pass, AuditStatus.Pass), (rows["BI5008"].Status, rows["BI5009"].Status));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_program_that_insists_on_being_the_first_is_watched_from_beside(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "app", ["sh", "-c", "[ $$ = 1 ] || { echo not first; exit 9; }; exec sleep 60"]);
        Assert.True(rows.Facts!.IsDirect, rows.ToString());
        rows.Expect("PPPPPPPPP");
        Assert.Contains(rows.Facts.LockedDown!.Identities, process => process.Pid == 1);
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Hostile_programs_cannot_speak_for_the_probe(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        byte[] layer = await TestRuns.LayerAsync(SetUserId);

        // Lines like the probe's, on every descriptor that there is, and a flood of them.
        RunRows rows = await runs.AuditAsync(layer, "app", ["sh", "-c", "for d in 1 2 3 4 5 6 7 8 9; do echo E >/proc/self/fd/$d; echo E >/proc/1/fd/$d; done 2>/dev/null; /app/actor w & exec yes E"]);
        Assert.True(rows["BI5002"].Status is AuditStatus.Fail, rows.ToString());
        Assert.All(rows.Rows, row => Assert.True(row.Message.Length < 1_200, row.Message));
        Assert.Empty(await runs.LabelledAsync());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Another_processors_image_is_skipped_unless_the_engine_emulates_it(string engine)
    {
        using TestRuns runs = await TestRuns.OpenAsync(engine);
        bool emulates = File.Exists("/proc/sys/fs/binfmt_misc/qemu-aarch64");
        RunRows rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "65532", [], platform: "arm64");
        rows.Expect(emulates ? "SPPPPSSSS" : "SSSSSSSSS");
        Assert.True(emulates || rows["BI5002"].Message.Contains("does not run programs for linux/arm64", StringComparison.Ordinal), rows.ToString());
        rows = await runs.AuditAsync(await TestRuns.LayerAsync(), "65532", [], platform: "riscv64");
        rows.Expect("SSSSSSSSS");
        Assert.Empty(await runs.LabelledAsync());
    }

    [Fact]
    public async Task An_engine_that_is_not_there_is_an_error_and_what_is_not_confirmed_is_skipped()
    {
        using TestRuns runs = await TestRuns.OpenAsync("dockerd");
        byte[] layer = await TestRuns.LayerAsync();
        (await runs.AuditAsync(layer, "app", ["sleep", "60"], host: "unix:///nowhere/at/all.sock")).Expect("EEEEEEEEE");
        RunRows rows = await runs.AuditAsync(layer, "app", ["sleep", "60"], request => request with { ConfirmAsync = (_, _) => Task.FromResult(false) });
        rows.Expect("SSSSSSSSS");
        Assert.Contains("not confirmed", rows["BI5001"].Message, StringComparison.Ordinal);
    }
}
