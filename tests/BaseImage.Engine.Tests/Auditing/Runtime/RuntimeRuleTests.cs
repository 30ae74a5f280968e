using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images.Engines;

namespace BaseImage.Engine.Tests.Auditing.Runtime;

/// <summary>What no engine at hand does: engines that ignore what they are asked for, old kernels, runs that tell nothing.</summary>
public sealed class RuntimeRuleTests
{
    private static readonly RunProfile s_profile = new() { Memory = 64L << 20, Processes = 32, Processors = 1 };

    [Fact]
    [Fires("BI5004"), Quiet("BI5004")]
    public void An_engine_that_ignores_no_new_privileges_is_reported()
    {
        Assert.Equal(AuditStatus.Pass, Row("BI5004", Facts(Run(Status()))).Status);
        Assert.Equal(AuditStatus.Fail, Row("BI5004", Facts(Run(Status(noNew: "0")))).Status);
        Assert.Equal(AuditStatus.Skipped, Row("BI5004", Facts(Run(Status(noNew: null)))).Status);
        Assert.Equal(AuditStatus.Fail, Row("BI5004", Facts(Run(Status(), Status(pid: 9, noNew: "0")))).Status);
    }

    [Fact]
    [Fires("BI5005"), Quiet("BI5005")]
    public void An_engine_without_a_seccomp_filter_is_reported()
    {
        Assert.Equal(AuditStatus.Pass, Row("BI5005", Facts(Run(Status()))).Status);
        foreach (string? mode in new[] { "0", "1", null })
        {
            AuditResult row = Row("BI5005", Facts(Run(Status(), Status(pid: 9, seccomp: mode))));
            Assert.Equal(AuditStatus.Fail, row.Status);
            Assert.Contains("process 9 (app)", row.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Fires("BI5003"), Quiet("BI5003")]
    public void A_capability_left_in_any_set_is_reported()
    {
        Assert.Equal(AuditStatus.Pass, Row("BI5003", Facts(Run(Status()))).Status);
        foreach (string set in new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" })
        {
            AuditResult row = Row("BI5003", Facts(Run(Status()), locked: Run(Status(change: text => text.Replace($"{set}:\t0000000000000000", $"{set}:\t0000000000000400", StringComparison.Ordinal)))));
            Assert.Equal(AuditStatus.Fail, row.Status);
            Assert.Contains("CAP_NET_BIND_SERVICE", row.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Uid:\t65532\t65532\t0\t65532")]
    [InlineData("Uid:\t0\t65532\t65532\t65532")]
    [InlineData("Uid:\t65532\t65532\t65532\t0")]
    [Fires("BI5002")]
    public void Root_in_any_of_the_four_ids_is_root(string ids)
    {
        AuditResult row = Row("BI5002", Facts(Run(Status(), Status(pid: 9, change: text => text.Replace("Uid:\t65532\t65532\t65532\t65532", ids, StringComparison.Ordinal)))));
        Assert.Equal((AuditStatus.Fail, Severity.High), (row.Status, row.Severity));
    }

    [Fact]
    public void Root_that_is_regained_under_no_new_privileges_is_said_so()
        => Assert.Contains("Even under no-new-privileges", string.Join(' ', Row("BI5002", Facts(Run(Status()), locked: Run(Status(), Status(pid: 9, change: text => text.Replace("Uid:\t65532", "Uid:\t0", StringComparison.Ordinal))))).Evidence), StringComparison.Ordinal);

    [Fact]
    [Quiet("BI5002")]
    public void Group_zero_is_a_note()
    {
        AuditResult row = Row("BI5002", Facts(Run(Status(change: text => text.Replace("Groups:\t\n", "Groups:\t0 \n", StringComparison.Ordinal)))));
        Assert.Equal((AuditStatus.Pass, 1), (row.Status, row.Findings.Count));
    }

    [Fact]
    [Fires("BI5008", "BI5009"), Quiet("BI5008")]
    public void Limits_that_the_engine_did_not_set_are_errors_and_no_pass()
    {
        Assert.Equal(AuditStatus.Pass, Row("BI5008", Facts(Run(Status()))).Status);
        Assert.Throws<Engine.Auditing.Rules.Runtime.RunNotObservedException>(() => Row("BI5008", Facts(Run(Status()) with { KernelMemory = long.MaxValue })));
        Assert.Throws<Engine.Auditing.Rules.Runtime.RunNotObservedException>(() => Row("BI5009", Facts(Run(Status()) with { KernelProcesses = 64 })));
        Assert.Throws<Engine.Auditing.Rules.Runtime.RunNotObservedException>(() => Row("BI5009", Facts(Run(Status()) with { KernelProcesses = null, State = new ContainerState { IsRunning = true } })));
        Assert.Equal(AuditStatus.Fail, Row("BI5008", Facts(Run(Status()) with { OutOfMemory = 2 })).Status);
        Assert.Equal(AuditStatus.Fail, Row("BI5009", Facts(Run(Status()) with { OutOfProcesses = 2 })).Status);
    }

    [Fact]
    public void A_run_that_told_nothing_is_never_a_pass()
    {
        RunObservation nothing = new() { Profile = s_profile, Outcome = RunOutcome.NotObserved, Reason = "cut" };
        foreach (IAuditRule rule in RuleCatalogue.Instance.Evaluated.Where(rule => rule.NeedsRuntime))
        {
            Assert.Throws<Engine.Auditing.Rules.Runtime.RunNotObservedException>(() => Row(rule.Describe.Id, Facts(nothing)));
            Assert.Throws<Engine.Auditing.Rules.Runtime.RunNotObservedException>(() => Row(rule.Describe.Id, new RuntimeFacts { Failure = "no engine" }));
            Assert.Equal(AuditStatus.Skipped, Row(rule.Describe.Id, null).Status);
            Assert.Equal("why", Row(rule.Describe.Id, new RuntimeFacts { Skipped = "why" }).Message);
        }
    }

    [Fact]
    public void The_last_lines_are_few_and_short()
    {
        OutputTail tail = new();
        for (int i = 0; i < 10_000; i++)
        {
            tail.Add(Encoding.UTF8.GetBytes($"line {i} {new string('x', i == 9_999 ? 5_000 : 10)}\n"));
        }

        Assert.True(tail.ToString().Length < 1_000);
        tail.Add("one\n\n two \r\nthree"u8);
        Assert.EndsWith("one | two | three", tail.ToString(), StringComparison.Ordinal);
        Assert.Equal("", new OutputTail().ToString());
    }

    [Fact]
    public async Task A_stream_of_an_engine_is_read_in_its_frames()
    {
        byte[] good = [1, 0, 0, 0, 0, 0, 0, 2, (byte)'a', (byte)'b', 2, 0, 0, 0, 0, 0, 0, 1, (byte)'c', 1, 0, 0];
        List<string> got = [];
        await EngineOutput.ReadAsync(new MemoryStream(good), (kind, bytes) =>
        {
            got.Add($"{kind}{Encoding.ASCII.GetString(bytes.Span)}");
            return true;
        }, TestContext.Current.CancellationToken);
        Assert.Equal(["1ab", "2c"], got);
        await Assert.ThrowsAsync<InvalidDataException>(() => EngineOutput.ReadAsync(new MemoryStream("HTTP/1.1 200"u8.ToArray()), (_, _) => true, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidDataException>(() => EngineOutput.ReadAsync(new MemoryStream([1, 0, 0, 0, 255, 255, 255, 255]), (_, _) => true, TestContext.Current.CancellationToken));
    }

    private static RuntimeFacts Facts(RunObservation given, RunObservation? locked = null)
        => new() { Program = ["/app"], AsGiven = given, LockedDown = locked ?? given, ArbitraryUser = given };

    private static RunObservation Run(params ProcessStatus[] seen)
        => new() { Profile = s_profile, Outcome = RunOutcome.Runs, Given = seen[0], Identities = seen, AtEnd = seen, KernelMemory = 64L << 20, KernelProcesses = 32 };

    private static ProcessStatus Status(long pid = 7, string? noNew = "1", string? seccomp = "2", Func<string, string>? change = null)
    {
        string text = "Name:\tapp\nUid:\t65532\t65532\t65532\t65532\nGid:\t65532\t65532\t65532\t65532\nGroups:\t\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\n"
            + (noNew is null ? "" : $"NoNewPrivs:\t{noNew}\n") + (seccomp is null ? "" : $"Seccomp:\t{seccomp}\n");
        return ProcessStatus.Parse(pid, Encoding.UTF8.GetBytes(change is null ? text : change(text)));
    }

    private static AuditResult Row(string rule, RuntimeFacts? runtime)
    {
        IAuditRule found = RuleCatalogue.Instance.Evaluated.Single(r => r.Describe.Id == rule);
        ImageFacts facts = new TestFacts().Build() with { Runtime = runtime };
        return new ResultBuilder(AuditPolicy.None, new FixedTime(TestFacts.Epoch)).Of(found.Describe, facts, found.Evaluate(facts, CancellationToken.None), TimeSpan.Zero);
    }
}
