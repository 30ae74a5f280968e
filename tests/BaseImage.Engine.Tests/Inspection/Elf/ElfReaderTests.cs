using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Engine.Inspection.Elf;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Inspection.Elf;

/// <summary>The reader against real compilers' files and what readelf says of them.</summary>
public sealed partial class ElfReaderTests : IDisposable
{
    private const string Program = "#include <stdio.h>\n#include <string.h>\nint main(int n, char **a) { char b[64]; strcpy(b, a[n - 1]); puts(b); return b[0]; }\n";

    private readonly TempFolder _folder = new("elf");

    public void Dispose() => _folder.Dispose();

    internal static ElfFacts Read(byte[] file, int step = 4096)
    {
        ElfCapture capture = new(file.Length);
        for (int i = 0; i < file.Length; i += step)
        {
            capture.Write(file.AsSpan(i, Math.Min(step, file.Length - i)));
        }

        return capture.Complete()!;
    }

    private async Task<(ElfFacts Facts, string Path)> CompileAsync(string name, string flags, string compiler = "gcc", string source = Program)
    {
        string input = _folder.Combine(name + ".c"), output = _folder.Combine(name);
        await File.WriteAllTextAsync(input, source, TestContext.Current.CancellationToken);
        await Tools.RunAsync(Tools.Require(compiler), [.. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries), input, "-o", output]);
        return (Read(await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken)), output);
    }

    [Fact]
    public async Task A_hardened_program_says_so()
    {
        (ElfFacts facts, string path) = await CompileAsync("good", "-O2 -fPIE -pie -Wl,-z,relro,-z,now -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fcf-protection=full -Wl,--build-id=sha1");
        Assert.True(facts is { IsPie: true, IsProgram: true, IsStatic: false, IsDynamic: true, HasWritableCode: false, HasTextRelocations: false, HasSymbolTable: true, HasSections: true });
        Assert.Equal((ElfRelro.Full, ElfStack.Protected, true, "", 62, 64), (facts.Relro, facts.Stack, facts.HasStackProtector, facts.Damage, facts.Machine, facts.Bits));
        Assert.True(facts.CheckedCalls > 0);
        Assert.Empty(facts.UncheckedCalls);
        Assert.Equal(["libc.so.6"], facts.Needed);
        Assert.Equal("/lib64/ld-linux-x86-64.so.2", facts.Interpreter);
        Assert.Contains(facts.Compilers, c => c.StartsWith("GCC: (Debian", StringComparison.Ordinal));
        Assert.Contains(facts.NeededVersions, v => v.StartsWith("libc.so.6:GLIBC_2.", StringComparison.Ordinal));
        Assert.Matches("^Linux 3\\.2\\.", facts.AbiNote);
        string notes = await Tools.RunAsync(Tools.Require("readelf"), ["-n", path]);
        Assert.Contains($"Build ID: {facts.BuildId}", notes, StringComparison.Ordinal);
        Assert.Equal(notes.Contains("IBT", StringComparison.Ordinal), facts.HasBranchTargets);
    }

    [Theory]
    [InlineData("-no-pie", "IsPie", false)]
    [InlineData("-z execstack", "Stack", ElfStack.Executable)]
    [InlineData("-z norelro", "Relro", ElfRelro.None)]
    [InlineData("-z relro -z lazy", "Relro", ElfRelro.Partial)]
    [InlineData("-fno-stack-protector", "HasStackProtector", false)]
    [InlineData("-fstack-protector-all", "HasStackProtector", true)]
    [InlineData("-s", "HasSymbolTable", false)]
    [InlineData("-static", "IsStatic", true)]
    [InlineData("-static-pie", "IsPie", true)]
    [InlineData("-static -s", "HasStackProtector", null)]
    [InlineData("-static -fstack-protector-all", "HasStackProtector", true)]
    [InlineData("-Wl,-rpath,/opt/x:$ORIGIN -Wl,--enable-new-dtags", "Runpath", "/opt/x:$ORIGIN")]
    [InlineData("-Wl,-rpath,lib -Wl,--disable-new-dtags", "Rpath", "lib")]
    [InlineData("-shared -fPIC -Wl,-soname,libx.so.1", "Soname", "libx.so.1")]
    [InlineData("-shared -fPIC", "IsProgram", false)]
    [InlineData("-c", "Kind", ElfKind.Object)]
    [InlineData("-Wl,-N -static -nostdlib -Wl,-e,main,--unresolved-symbols=ignore-all", "HasWritableCode", true)]
    [InlineData("-fcf-protection=none -nostartfiles -Wl,-e,main", "HasBranchTargets", false)]
    public async Task Every_switch_of_the_compiler_is_seen(string flags, string property, object? expected)
    {
        (ElfFacts facts, _) = await CompileAsync("p", "-w " + flags);
        Assert.Equal(expected, typeof(ElfFacts).GetProperty(property)!.GetValue(facts));
    }

    [Fact]
    public async Task Debugging_information_and_unchecked_calls_are_seen()
    {
        (ElfFacts debug, _) = await CompileAsync("d", "-g -U_FORTIFY_SOURCE -O0");
        Assert.True(debug.DebugBytes > 500 && debug.SymbolBytes > 100);
        Assert.Equal(["strcpy"], debug.UncheckedCalls);
        (ElfFacts plain, _) = await CompileAsync("e", "-s");
        Assert.Equal(0, plain.DebugBytes);
    }

    [Theory]
    [InlineData("aarch64-linux-gnu-gcc", "-nostdlib -pie -Wl,-e,main,--dynamic-linker,/lib/ld-linux-aarch64.so.1", 183, 64, "/lib/ld-linux-aarch64.so.1")]
    [InlineData("gcc", "-m32 -c", 3, 32, "")]
    [InlineData("aarch64-linux-gnu-gcc", "-mbranch-protection=standard -c", 183, 64, "")]
    public async Task Other_processors_are_told_apart(string compiler, string flags, int machine, int bits, string interpreter)
    {
        (ElfFacts facts, _) = await CompileAsync("a", flags, compiler, "int main(void) { return 0; }\n");
        Assert.Equal((machine, bits, interpreter), (facts.Machine, facts.Bits, facts.Interpreter));
    }

    /// <summary>Every program and library of this machine's own, where readelf reads them too.</summary>
    [Fact]
    public async Task It_agrees_with_readelf_about_the_systems_own_files()
    {
        string readelf = Tools.Require("readelf");
        string[] files = [.. Directory.EnumerateFiles("/usr/bin").Concat(Directory.EnumerateFiles("/usr/lib/" + (Directory.Exists("/usr/lib/x86_64-linux-gnu") ? "x86_64-linux-gnu" : "aarch64-linux-gnu")))
            .Where(path => new FileInfo(path) is { LinkTarget: null, Length: > 1000 and < 200_000_000 } && IsElf(path)).Order(StringComparer.Ordinal)];
        files = [.. files.Where((_, i) => i % Math.Max(1, files.Length / 60) == 0)];
        Assert.True(files.Length > 30);
        string text = (await Tools.TryRunAsync(readelf, ["-W", "-d", "-h", "-l", "-V", .. files])).Output;
        string[] blocks = text.Split("\nFile: ");
        foreach (string block in blocks.Skip(1))
        {
            string path = block[..block.IndexOf('\n', StringComparison.Ordinal)];
            ElfFacts facts = Read(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), 65_536);
            Assert.Equal("", facts.Damage);
            Assert.Equal([.. Shared().Matches(block).Select(m => m.Groups[1].Value)], facts.Needed);
            Assert.Equal(Soname().Match(block).Groups[1].Value, facts.Soname);
            Assert.Equal(RunPath().Match(block) is { Success: true } r ? r.Groups[1].Value : null, facts.Runpath);
            Assert.Equal(Interpreter().Match(block).Groups[1].Value, facts.Interpreter);
            Assert.Equal(block.Contains("GNU_RELRO", StringComparison.Ordinal), facts.Relro != ElfRelro.None);
            Assert.Equal(Stack().Match(block) is { Success: true } s ? s.Groups[1].Value.Contains('E', StringComparison.Ordinal) ? ElfStack.Executable : ElfStack.Protected : ElfStack.Unsaid, facts.Stack);
            Assert.Equal(int.Parse(Headers().Match(block).Groups[1].Value, CultureInfo.InvariantCulture) > 0, facts.HasSections);
            Assert.All(facts.NeededVersions, v => Assert.Contains($"Name: {v[(v.IndexOf(':', StringComparison.Ordinal) + 1)..]} ", block, StringComparison.Ordinal));
            Assert.All(facts.DefinedVersions, v => Assert.Contains($"Name: {v}", block, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_lies_behind_the_first_part_of_a_large_file_is_found()
    {
        (ElfFacts facts, string path) = await CompileAsync("large", "-g", source: "static char big[40 << 20] = {1}; int main(void) { return big[7]; }\n");
        Assert.True(new FileInfo(path).Length > ElfCapture.HeadLength * 2);
        Assert.Equal((true, true, ElfStack.Protected), (facts.HasSections, facts.HasSymbolTable, facts.Stack));
        Assert.NotEmpty(facts.Compilers);
        Assert.True(facts.DebugBytes > 100);
        Assert.Equal(["libc.so.6"], facts.Needed);
    }

    [Fact]
    public void Go_programs_say_their_version_and_modules()
    {
        string modules = new string('m', 16) + "path\texample.org/a\nmod\texample.org/a\tv1.2.3\th1:x=\ndep\tgolang.org/x/net\tv0.5.0\th1:y=\n" + new string('n', 16);
        byte[] info = [0xff, .. " Go buildinf:"u8, 8, 2, .. new byte[16], 8, .. "go1.22.1"u8, .. Varint(modules.Length), .. System.Text.Encoding.ASCII.GetBytes(modules)];
        ElfFacts facts = Read(Tiny(info));
        Assert.Equal("go1.22.1", facts.GoVersion);
        Assert.Equal(["example.org/a v1.2.3", "golang.org/x/net v0.5.0"], facts.GoModules);
        Assert.Equal("go", Read(Tiny([0xff, .. " Go buildinf:"u8, 8, 0, .. new byte[16]])).GoVersion);
        Assert.Equal("", Read(Tiny("nothing of it"u8.ToArray())).GoVersion);
    }

    [Fact]
    public void Dotnet_bundles_are_told_from_their_hosts()
    {
        byte[] mark = Convert.FromHexString("8b1202b96a612038727b930214d7a03213f5b9e6efae3318ee3b2dce24b36aae");
        Assert.True(Read(Tiny([1, 2, 3, 4, 0, 0, 0, 0, .. mark])).IsDotnetBundle);
        Assert.False(Read(Tiny([0, 0, 0, 0, 0, 0, 0, 0, .. mark])).IsDotnetBundle);
    }

    [Fact]
    public void Anything_may_stand_in_a_file()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), given =>
        {
            byte[] file = [0x7f, .. "ELF"u8, .. given];
            Assert.NotNull(Read(file, 7));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Damaged_files_break_nothing()
    {
        (_, string path) = await CompileAsync("m", "-O2");
        byte[] good = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        System.Random random = new(20_26);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = [.. good];
            for (int k = random.Next(1, 12); k > 0; k--)
            {
                // Headers, the beginning and the section headers are where numbers lead elsewhere.
                int at = random.Next(4) switch { 0 => random.Next(4, 64), 1 => random.Next(64, 1024), 2 => bad.Length - 1 - random.Next(2048), _ => random.Next(4, bad.Length) };
                bad[at] = random.Next(3) switch { 0 => 0xff, 1 => 0, _ => (byte)random.Next(256) };
            }

            ElfFacts facts = Read(random.Next(4) == 0 ? bad[..random.Next(4, bad.Length)] : bad, bad.Length);
            Assert.True(facts.DebugBytes >= 0 && facts.Needed.Count <= 1024);
        }
    }

    [Fact]
    public async Task A_cut_off_file_is_damaged()
    {
        (_, string path) = await CompileAsync("c", "");
        byte[] good = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.NotEqual("", Read(good[..(good.Length / 2)]).Damage);
        Assert.NotEqual("", Read(good[..20]).Damage);
        Assert.Null(Read("#!/bin/sh\n"u8.ToArray()));
    }

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];

    /// <summary>The smallest file with one writable segment.</summary>
    internal static byte[] Tiny(byte[] data)
    {
        byte[] file = new byte[120 + data.Length];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        (file[16], file[18], file[20], file[32], file[52], file[54], file[56]) = (2, 62, 1, 64, 64, 56, 1);
        (file[64], file[68], file[72]) = (1, 6, 120);
        BitConverter.TryWriteBytes(file.AsSpan(96), (long)data.Length);
        data.CopyTo(file, 120);
        return file;
    }

    private static bool IsElf(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using FileStream stream = File.OpenRead(path);
        return stream.Read(head) == 4 && ElfHeaders.IsElf(head);
    }

    [GeneratedRegex(@"\(NEEDED\)\s+Shared library: \[(.*)\]")]
    private static partial Regex Shared();

    [GeneratedRegex(@"\(SONAME\)\s+Library soname: \[(.*)\]")]
    private static partial Regex Soname();

    [GeneratedRegex(@"\(RUNPATH\)\s+Library runpath: \[(.*)\]")]
    private static partial Regex RunPath();

    [GeneratedRegex(@"Requesting program interpreter: (.*)\]")]
    private static partial Regex Interpreter();

    [GeneratedRegex(@"GNU_STACK\s+(?:0x\S+\s+){5}([RWE ]+)")]
    private static partial Regex Stack();

    [GeneratedRegex(@"Number of section headers:\s+(\d+)")]
    private static partial Regex Headers();
}
