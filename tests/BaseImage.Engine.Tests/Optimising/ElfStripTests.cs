using System.Buffers.Binary;
using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Optimising;

namespace BaseImage.Engine.Tests.Optimising;

/// <summary>Stripping takes away what strip(1) takes away, changes nothing that is loaded, and is safe from strangers' headers.</summary>
public sealed class ElfStripTests
{
    private const string Source = "#include <stdio.h>\n#include <stdlib.h>\n__thread int t = 3;\nint table[4] = { 1, 2, 3, 4 };\nint main(int c, char **v) { t += c; printf(\"%d %d\\n\", t, table[c]); return 5; }\n";

    [Theory]
    [InlineData("gcc", "")]
    [InlineData("gcc", "-static")]
    [InlineData("gcc", "-no-pie -Wl,-z,norelro")]
    [InlineData("gcc", "-static-pie")]
    [InlineData("gcc", "-Wl,--build-id=none -Wl,-z,noseparate-code")]
    [InlineData("gcc", "-shared -fPIC")]
    [InlineData("aarch64-linux-gnu-gcc", "-static -nostdlib -ffreestanding")]
    public async Task Programs_of_many_kinds_are_stripped_and_work(string compiler, string flags)
    {
        using TempFolder folder = new("strip");
        string source = folder.Combine("a.c"), program = folder.Combine("a"), made = folder.Combine("b"), peer = folder.Combine("c");
        await File.WriteAllTextAsync(source, flags.Contains("nostdlib", StringComparison.Ordinal) ? "int _start(void) { return 0; }\n" : Source, TestContext.Current.CancellationToken);
        await Tools.RunAsync(Tools.Require(compiler), ["-g", "-O1", "-o", program, .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries), source]);
        byte[] before = await File.ReadAllBytesAsync(program, TestContext.Current.CancellationToken);
        byte[]? after = ElfStrip.TryStrip(before, out string problem);
        Assert.Equal("", problem);
        Assert.NotNull(after);
        AssertSameWhenLoaded(before, after);
        Assert.Null(ElfStrip.TryStrip(after, out problem));
        Assert.Equal("", problem);

        await File.WriteAllBytesAsync(made, after, TestContext.Current.CancellationToken);
        string sections = await Tools.RunAsync(Tools.Require("readelf"), ["--wide", "--section-headers", "--segments", made]);
        Assert.DoesNotContain(".debug_", sections, StringComparison.Ordinal);
        Assert.DoesNotContain(".symtab", sections, StringComparison.Ordinal);
        (_, _, string complaints) = await Tools.TryRunAsync("readelf", ["--all", "--wide", made]);
        Assert.Equal("", complaints);
        if (compiler == "gcc")
        {
            await Tools.RunAsync(Tools.Require("strip"), ["-o", peer, program]);
            Assert.True(after.Length <= new FileInfo(peer).Length + 4096, $"{after.Length} bytes, strip makes {new FileInfo(peer).Length}");
            if (!flags.Contains("-shared", StringComparison.Ordinal))
            {
                await Tools.RunAsync("chmod", ["500", made]);
                Assert.Equal(await Tools.TryRunAsync(program, []), await Tools.TryRunAsync(made, []));
            }
        }
    }

    [Fact]
    public void Programs_of_this_machine_are_what_they_were_when_they_are_loaded()
    {
        Tools.Require(OperatingSystem.IsLinux(), "programs are those of Linux");
        int seed = Random.Shared.Next(), looked = 0;
        Random random = new(seed);
        string[] files = [.. Directory.EnumerateFiles("/usr/bin").Concat(Directory.EnumerateFiles("/usr/lib/x86_64-linux-gnu")).Where(path => new FileInfo(path) is { LinkTarget: null, Length: < 8 << 20 })];
        random.Shuffle(files);
        foreach (string path in files.Take(300))
        {
            byte[] before = File.ReadAllBytes(path);
            if (ElfStrip.TryStrip(before, out _) is { } after)
            {
                looked++;
                AssertSameWhenLoaded(before, after);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {looked} stripped");
    }

    [Fact]
    public async Task Strangers_headers_lead_nowhere()
    {
        using TempFolder folder = new("strip");
        string source = folder.Combine("a.c"), program = folder.Combine("a");
        await File.WriteAllTextAsync(source, Source, TestContext.Current.CancellationToken);
        await Tools.RunAsync(Tools.Require("gcc"), ["-g", "-o", program, source]);
        byte[] whole = await File.ReadAllBytesAsync(program, TestContext.Current.CancellationToken);
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(whole.AsSpan(40)), rows = BinaryPrimitives.ReadUInt16LittleEndian(whole.AsSpan(60));
        int seed = Random.Shared.Next();
        Random random = new(seed);
        long[] values = [0, 1, -1, long.MaxValue, long.MinValue, int.MaxValue, uint.MaxValue, whole.Length, whole.Length - 1, 0x7fff_ffff_ffff_f000];
        for (int i = 0; i < 6000; i++)
        {
            byte[] file = [.. whole];
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                int at = random.Next(3) switch { 0 => random.Next(4, 64), 1 => table + random.Next(rows * 64 - 8), _ => random.Next(64, 64 + (13 * 56)) };
                if (random.Next(2) == 0)
                {
                    file[at] = (byte)random.Next(256);
                }
                else
                {
                    BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(at), values[random.Next(values.Length)]);
                }
            }

            file = random.Next(4) == 0 ? file[..random.Next(file.Length)] : file;
            byte[]? after = ElfStrip.TryStrip(file, out _);
            if (after is not null)
            {
                Assert.True(after.Length < file.Length, $"seed {seed}, {i}");
                AssertSameWhenLoaded(file, after);
            }
        }
    }

    [Fact]
    public async Task What_carries_data_behind_it_is_left_alone()
    {
        using TempFolder folder = new("strip");
        string source = folder.Combine("a.c"), program = folder.Combine("a");
        await File.WriteAllTextAsync(source, Source, TestContext.Current.CancellationToken);
        await Tools.RunAsync(Tools.Require("gcc"), ["-g", "-o", program, source]);
        byte[] whole = [.. await File.ReadAllBytesAsync(program, TestContext.Current.CancellationToken), .. "PAYLOAD"u8];
        Assert.Null(ElfStrip.TryStrip(whole, out string problem));
        Assert.Contains("behind its last section", problem, StringComparison.Ordinal);
    }

    // All bytes of all segments, but for where the section headers are, and how many.
    private static void AssertSameWhenLoaded(byte[] before, byte[] after)
    {
        ElfHeaders old = ElfHeaders.Read(new ElfBytes(before.Length, (0, before)))!, now = ElfHeaders.Read(new ElfBytes(after.Length, (0, after)))!;
        Assert.Equal("", now.Damage);
        Assert.Equal(old.Segments, now.Segments);
        bool wide = before[4] == 2;
        byte[] left = [.. before], right = [.. after];
        foreach ((int at, int length) in wide ? [(40, 8), (60, 2), (62, 2)] : new[] { (32, 4), (48, 2), (50, 2) })
        {
            left.AsSpan(at, length).Clear();
            right.AsSpan(at, length).Clear();
        }

        foreach (ElfSegment segment in old.Segments.Where(segment => segment.Type != 0))
        {
            Assert.True(left.AsSpan((int)segment.Offset, (int)segment.FileSize).SequenceEqual(right.AsSpan((int)segment.Offset, (int)segment.FileSize)));
        }
    }
}
