using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Runtime.Probe;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Auditing.Runtime;

public class ProbeTests
{
    private const string Status = "Name:\tapp\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t7\nUid:\t65532\t0\t0\t0\nGid:\t65532\t65532\t65532\t65532\nGroups:\t10 20 \nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t2\n";

    /// <summary>How to change the probe: edit probe.c, run build.sh, run this.</summary>
    [Fact]
    public async Task The_committed_bytes_are_those_that_the_source_gives()
    {
        Tools.Require("x86_64-linux-gnu-gcc");
        Tools.Require("aarch64-linux-gnu-gcc");
        string version = await Tools.RunAsync(Tools.Require("x86_64-linux-gnu-gcc"), ["-dumpfullversion"]);
        Tools.Require(version.Trim() == "12.2.0", $"the probe's bytes are gcc 12.2.0's, and this is {version.Trim()}");
        using TempFolder folder = new("probe");
        await Tools.RunAsync("/bin/sh", [Path.Combine(Source, "build.sh"), folder.Path]);
        foreach (string name in new[] { "probe.amd64.bin", "probe.arm64.bin" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(folder.Combine(name), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(Source, name), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void It_is_small_static_and_has_nothing_that_is_written_to()
    {
        foreach (Platform platform in ProbeProgram.Platforms)
        {
            byte[] elf = ProbeProgram.Read(platform);
            Assert.InRange(elf.Length, 500, 8192);
            Assert.Equal([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1], elf[..6]);
            Assert.Equal(platform == Platform.LinuxAmd64 ? 62 : 183, BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(18)));
            int headers = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(56));
            Assert.Equal(2, headers);
            (uint type, uint flags)[] segments = [.. Enumerable.Range(0, headers).Select(i => (BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(64 + (i * 56))), BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(68 + (i * 56)))))];
            Assert.Equal([(1u, 5u), (0x6474e551u, 6u)], segments);
        }

        Assert.False(ProbeProgram.Supports(new Platform("windows", "amd64")));
        Assert.False(ProbeProgram.Supports(new Platform("linux", "riscv64")));
    }

    [Theory]
    [InlineData("amd64", "")]
    [InlineData("arm64", "qemu-aarch64-static")]
    public async Task It_starts_a_program_watches_it_and_ends_as_it_does(string processor, string emulator)
    {
        Tools.Require(OperatingSystem.IsLinux(), "the probe is a Linux program");
        using TempFolder folder = new("probe");
        string probe = folder.Combine("probe");
        await File.WriteAllBytesAsync(probe, ProbeProgram.Read(new Platform("linux", processor)), TestContext.Current.CancellationToken);
        await Tools.RunAsync("chmod", ["0500", probe]);
        string[] command = emulator.Length == 0 ? [probe] : [Tools.Require(emulator), probe];
        Tools.Require(emulator.Length > 0 || System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "the machine is no amd64");

        (int code, ProbeReport report, string error) = await RunAsync(command, "r", "20000", "/proc/self/comm", "/nowhere", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        Assert.Equal(7, code);
        Assert.True(report is { IsComplete: true, StillRuns: false, ExecuteError: null });
        Assert.Equal(7, report.ProgramEnd!.ExitCode);
        Assert.Contains(report.Identities, identity => identity.Pid == report.Program);
        Assert.Equal("out\nerr\n", error);
        Assert.NotNull(report.Text("/proc/self/comm"));
        Assert.Null(report.Text("/nowhere"));

        (code, report, _) = await RunAsync(command, "r", "20000", "--", "/bin/sh", "-c", "kill -9 $$");
        Assert.Equal((137, 9), (code, report.ProgramEnd!.Signal));

        (code, report, _) = await RunAsync(command, "r", "20000", "--", "nowhere-to-be-found");
        Assert.Equal((127, 2), (code, report.ExecuteError));
        (code, report, _) = await RunAsync(command, "r", "20000", "--", "/etc/passwd");
        Assert.Equal((127, 13), (code, report.ExecuteError));
        (code, report, _) = await RunAsync(command, "s", "/proc/version");
        Assert.True(code == 0 && report.IsComplete && report.Text("/proc/version")!.StartsWith("Linux", StringComparison.Ordinal));
        Assert.Equal(121, (await RunAsync(command, "x")).Code);

        (code, report, _) = await RunAsync(command, "t", "20000", "--", "/bin/sh", "-c", "cd /usr; exec 7</etc/passwd; sleep 0.3; exit 5");
        Assert.Equal(5, code);
        Assert.True(report is { IsComplete: true, Touches.IsFull: false } && report.ProgramEnd!.ExitCode == 5);
        Assert.Contains(report.Touches.Paths, touch => touch.Key.Path.ToString() == "etc/passwd" && touch.Value.HasFlag(Touch.Opened));
        Assert.Contains(report.Touches.Paths, touch => touch.Key.Path.ToString() == "usr" && touch.Value.HasFlag(Touch.WorkingDirectory));
        Assert.Contains(report.Touches.Paths, touch => touch.Key.Path.ToString().EndsWith("bin/sleep", StringComparison.Ordinal) && touch.Value.HasFlag(Touch.Executed | Touch.Mapped));
    }

    [Fact]
    public void A_status_is_read_as_the_kernel_writes_it()
    {
        ProcessStatus status = ProcessStatus.Parse(7, Encoding.UTF8.GetBytes(Status));
        Assert.Equal(("app", "real 65532, effective 0, saved 0, file system 0", "65532"), (status.Name, status.Uids.ToString(), status.Gids.ToString()));
        Assert.Equal([10L, 20], status.Groups);
        Assert.Equal((0xa80425fbUL, 0xa80425fbUL, 0xa80425fbUL, 0UL, 0UL), (status.Permitted, status.Effective, status.Bounding, status.Inheritable, status.Ambient!.Value));
        Assert.True(status is { IsRoot: true, IsCapable: true, NoNewPrivileges: false, Seccomp: 2 });

        ProcessStatus old = ProcessStatus.Parse(7, Encoding.UTF8.GetBytes(Status.Replace("CapAmb:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t2\n", "", StringComparison.Ordinal)));
        Assert.True(old is { Ambient: null, NoNewPrivileges: null, Seccomp: null });
        Assert.Throws<InvalidDataException>(() => ProcessStatus.Parse(7, Encoding.UTF8.GetBytes(Status.Replace("CapEff", "CapXff", StringComparison.Ordinal))));
        Assert.Throws<InvalidDataException>(() => ProcessStatus.Parse(7, Encoding.UTF8.GetBytes(Status.Replace("65532\t0\t0\t0", "0", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_hostile_name_is_a_name()
    {
        // As the kernel writes the name "x\nUid:\t9".
        ProcessStatus status = ProcessStatus.Parse(7, Encoding.UTF8.GetBytes(Status.Replace("Name:\tapp", @"Name:" + "\t" + @"x\nUid:\t9\xff", StringComparison.Ordinal)));
        Assert.Equal((65532, @"x\nUid:\t9\xff"), (status.Uids.Real, status.Name));
    }

    [Fact]
    public void Output_is_the_same_in_whatever_pieces_it_comes()
    {
        byte[] output = Encoding.ASCII.GetBytes($"P 7\nM 7 exe {Hex("/bin/")}\n+ {Hex("a\nb")}\nM 7 open {Hex("/bin/a\nb")}\nM 8 open {Hex("/x")}\nN 9 exe 13\nW 7 status {Hex(Status)}\nN 0 /x 2\nF 0 /y {Hex("ab")}\n+ {Hex("cd")}\nF 0 /empty \nZ 7 256\nE\n");
        Prop.ForAll(Gen.Choose(1, 64).ToArbitrary(), size =>
        {
            ProbeReader reader = new();
            for (int i = 0; i < output.Length; i += size)
            {
                reader.Feed(output.AsSpan(i, Math.Min(size, output.Length - i)));
            }

            ProbeReport report = reader.Report;
            return report is { IsComplete: true, Program: 7 } && report.Text("/y") == "abcd" && report.Text("/empty")!.Length == 0 && report.Identities.Count == 1 && report.ProgramEnd!.ExitCode == 1
                && report.Touches is { Unseen: 1 } touches && touches.Paths is { Count: 2 } && touches.Paths.Last() is { Key: var (program, path), Value: Touch.Executed | Touch.Opened } && program == path && path.Span.SequenceEqual("bin/a\nb"u8);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("+ 00\n")]
    [InlineData("F 1 status zz\nE\n")]
    [InlineData("F 1 status 00\nE\n")]
    [InlineData("F -1 x 00\n")]
    [InlineData("P 99999999999999999999\n")]
    [InlineData("M 7 exe 2f2e2e2f61\nE\n")]
    [InlineData("M 7 exe 61\nE\n")]
    [InlineData("M 7 exe 2f00\nE\n")]
    [InlineData("M 7 read 2f61\nE\n")]
    [InlineData("M exe 2f61\nE\n")]
    [InlineData("E now\n")]
    [InlineData("\n")]
    public void What_the_probe_does_not_write_is_an_error(string output)
        => Assert.Throws<InvalidDataException>(() => new ProbeReader().Feed(Encoding.UTF8.GetBytes(output)));

    [Fact]
    public void Endless_output_is_an_error()
    {
        Assert.Throws<InvalidDataException>(() => new ProbeReader().Feed(new byte[10_000]));
        ProbeReader reader = new();
        byte[] line = Encoding.ASCII.GetBytes($"F 0 /x {new string('0', 4000)}\n");
        Assert.Throws<InvalidDataException>(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                reader.Feed(line);
            }
        });
    }

    private static string Source { get; } = Path.Combine(Tools.Root(), "src", "BaseImage.Engine", "Auditing", "Runtime", "Probe");

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text)).ToLower(CultureInfo.InvariantCulture);

    private static async Task<(int Code, ProbeReport Report, string Error)> RunAsync(string[] command, params string[] arguments)
    {
        (int code, string output, string error) = await Tools.TryRunAsync(command[0], [.. command[1..], .. arguments]);
        ProbeReader reader = new();
        reader.Feed(Encoding.UTF8.GetBytes(output));
        return (code, reader.Report, error);
    }
}
