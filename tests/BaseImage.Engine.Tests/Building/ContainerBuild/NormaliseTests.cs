using System.Buffers.Binary;
using System.Text;
using BaseImage.Engine.Building.ContainerBuild.Normalising;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>What normalising does to layers, and what it must not do.</summary>
public sealed class NormaliseTests
{
    private static readonly BuildTimes Times = new(1_700_000_000, 1_600_000_000, 1_600_000_100);

    [Theory]
    [InlineData(1_699_999_999, 1_699_999_999)]
    [InlineData(1_700_000_001, 1_700_000_000)]
    [InlineData(1_600_000_050, 1_700_000_000)] // while it was built, by a clock that is behind the epoch
    [InlineData(1_500_000_000, 1_500_000_000)]
    public void Times_of_the_build_become_the_epoch(long time, long expected) => Assert.Equal(expected, Times.Clamp(time));

    [Fact]
    public void Compiled_python_stays_valid()
    {
        byte[] code = Compiled(flags: 0, time: 1_700_000_500);
        Assert.Equal(1_700_000_000u, BinaryPrimitives.ReadUInt32LittleEndian(ContentRewriter.CompiledPython(code, Times).AsSpan(8)));
        byte[] hashed = Compiled(flags: 1, time: 1_700_000_500);
        Assert.Equal(Compiled(flags: 1, time: 1_700_000_500), ContentRewriter.CompiledPython(hashed, Times));
        Assert.Equal("no python"u8.ToArray(), ContentRewriter.CompiledPython("no python"u8.ToArray(), Times));
    }

    [Fact]
    public void Days_in_shadow_become_the_epochs()
    {
        long day = 1_700_000_000 / 86_400;
        byte[] text = ContentRewriter.Shadow(Encoding.Latin1.GetBytes($"root:*:19000:0:99999:7:::\napp:!:{day + 3}:0:99999:7:::\nold:!:18518::::::\nodd\n::\n"), Times);
        Assert.Equal($"root:*:19000:0:99999:7:::\napp:!:{day}:0:99999:7:::\nold:!:{day}::::::\nodd\n::\n", Encoding.Latin1.GetString(text));
    }

    [Theory]
    [InlineData("var/log/dpkg.log", FileFate.Remove)]
    [InlineData("var/lib/apt/lists/partial/x", FileFate.Remove)]
    [InlineData("var/cache/ldconfig/aux-cache", FileFate.Remove)]
    [InlineData("etc/machine-id", FileFate.Empty)]
    [InlineData("etc/shadow", FileFate.Rewrite)]
    [InlineData("app/__pycache__/a.cpython-311.pyc", FileFate.Rewrite)]
    [InlineData("srv/var/log/app.log", FileFate.Keep)]
    [InlineData("var/log/kept/app.log", FileFate.Keep)]
    [InlineData("opt/gone/deep/file", FileFate.Remove)]
    [InlineData("var/log/.wh.old", FileFate.Keep)]
    [InlineData("ctx/.baseimage.Dockerfile", FileFate.Remove)]
    public void Files_have_the_fate_that_the_policy_says(string path, object fate)
        => Assert.Equal((FileFate)fate, new VolatileFiles(["/opt/gone"], ["/var/log/kept/**"]).FateOf(LayerEntry.File(path, 1)));

    [Fact]
    public void Links_and_directories_of_logs_stay()
    {
        VolatileFiles policy = new([], []);
        Assert.Equal(FileFate.Keep, policy.FateOf(LayerEntry.SymbolicLink("var/log/access.log", "/dev/stdout")));
        Assert.Equal(FileFate.Keep, policy.FateOf(LayerEntry.Directory("var/log/app")));
    }

    [Fact]
    public void Order_repetition_and_names_of_links_do_not_matter()
    {
        byte[] one = Normal(Tar(tar =>
        {
            tar.Write(LayerEntry.Directory("d", modifiedTime: 1_700_009_000));
            tar.Write(LayerEntry.File("d/b", 3, modifiedTime: 1_700_009_000), "old"u8);
            tar.Write(LayerEntry.File("d/b", 4, modifiedTime: 1_700_009_000), "same"u8);
            tar.Write(new LayerEntry { Path = LayerPath.FromUtf8("d/a"), Kind = ImageFileKind.HardLink, Mode = 0x1A4, LinkTarget = "d/b"u8.ToArray(), ModifiedTime = 1_700_009_000 });
        }));
        byte[] other = Normal(Tar(tar =>
        {
            tar.Write(LayerEntry.File("d/a", 4, modifiedTime: 1_700_001_000), "same"u8);
            tar.Write(new LayerEntry { Path = LayerPath.FromUtf8("d/b"), Kind = ImageFileKind.HardLink, Mode = 0x1A4, LinkTarget = "d/a"u8.ToArray(), ModifiedTime = 1_700_001_000 });
            tar.Write(LayerEntry.Directory("d", modifiedTime: 1_700_002_000));
        }));
        Assert.Equal(one, other);
    }

    [Fact]
    public void A_link_to_a_file_that_is_left_out_keeps_its_content()
    {
        byte[] tar = Normal(Tar(writer =>
        {
            writer.Write(LayerEntry.File("var/log/x.log", 4), "text"u8);
            writer.Write(new LayerEntry { Path = LayerPath.FromUtf8("srv/x"), Kind = ImageFileKind.HardLink, Mode = 0x1A4, LinkTarget = "var/log/x.log"u8.ToArray() });
        }));
        TarReader reader = new(new MemoryStream(tar), "t");
        LayerEntry entry = reader.Next()!;
        Assert.Equal(("srv/x", ImageFileKind.File, 4L), (entry.Path.ToString(), entry.Kind, entry.Size));
        Assert.Equal("text", new StreamReader(reader.Content).ReadToEnd());
        Assert.Null(reader.Next());
    }

    [Fact]
    public void The_dockerfile_that_was_sent_becomes_the_original_again()
    {
        byte[] tar = Normal(Tar(writer =>
        {
            writer.Write(LayerEntry.File("ctx/Dockerfile", 4), "sent"u8);
            writer.Write(LayerEntry.File("ctx/other", 4), "tens"u8);
        }), ("sent"u8.ToArray(), "original"u8.ToArray()));
        TarReader reader = new(new MemoryStream(tar), "t");
        reader.Next();
        Assert.Equal("original", new StreamReader(reader.Content).ReadToEnd());
        reader.Next();
        Assert.Equal("tens", new StreamReader(reader.Content).ReadToEnd());
    }

    [Fact]
    public void Squashed_layers_give_the_file_system_that_they_gave_one_after_the_other()
    {
        // Random histories of a small tree on a random base (seed 20260104), by the rules of overlay file systems.
        Random random = new(20260104);
        for (int round = 0; round < 300; round++)
        {
            byte[] below = Tar(tar => Fill(tar, random, below: null));
            MergedFileSystem merged = new();
            merged.Apply(new TarReader(new MemoryStream(below), "base"), 0);
            List<byte[]> tars = [];
            int count = random.Next(1, 5);
            for (int i = 1; i <= count; i++)
            {
                byte[] tar = Tar(writer => Fill(writer, random, merged));
                tars.Add(tar);
                merged.Apply(new TarReader(new MemoryStream(tar), "layer"), i);
            }

            using MemoryStream spool = new();
            OwnLayerReader reader = new(new BuildTimes(long.MaxValue / 2), new VolatileFiles([], []), null);
            OwnLayer squashed = LayerSquash.Squash([.. tars.Select(tar => reader.Read(new MemoryStream(tar), "t", spool, CancellationToken.None))], hasBase: true);
            byte[] one = Tar(tar => squashed.Write(tar, (offset, length) => new MemoryStream(spool.ToArray(), (int)offset, (int)length), CancellationToken.None), end: false);
            MergedFileSystem again = new();
            again.Apply(new TarReader(new MemoryStream(below), "base"), 0);
            again.Apply(new TarReader(new MemoryStream(one), "squashed"), 1);
            Assert.Equal(Show(merged), Show(again));
        }
    }

    private static string Show(MergedFileSystem files) => string.Join('\n', files.Files().Select(file => $"{file.Path} {file.Entry.Kind} {file.Digest}"));

    // Every name once, parents before what is in them; removals only of what is there.
    private static void Fill(TarWriter tar, Random random, MergedFileSystem? below)
    {
        foreach (string top in new[] { "a", "b" })
        {
            switch (random.Next(5))
            {
                case 0:
                    tar.Write(LayerEntry.Directory(top));
                    bool opaque = below is not null && random.Next(3) == 0;
                    if (opaque)
                    {
                        tar.Write(LayerEntry.File(top + "/.wh..wh..opq", 0));
                    }

                    foreach (string name in new[] { "x", "y" })
                    {
                        bool there = below?.Find(LayerPath.FromUtf8($"{top}/{name}")) is not null;
                        if (random.Next(3) == 0 && there && !opaque)
                        {
                            tar.Write(LayerEntry.File($"{top}/.wh.{name}", 0));
                        }
                        else if (random.Next(2) == 0)
                        {
                            WriteText(tar, $"{top}/{name}", random);
                        }
                        else if (random.Next(3) == 0)
                        {
                            tar.Write(LayerEntry.Directory($"{top}/{name}"));
                            WriteText(tar, $"{top}/{name}/z", random);
                        }
                    }

                    break;
                case 1:
                    WriteText(tar, top, random);
                    break;
                case 2 when below?.Find(LayerPath.FromUtf8(top)) is not null:
                    tar.Write(LayerEntry.File(".wh." + top, 0));
                    break;
                default:
                    break;
            }
        }
    }

    private static void WriteText(TarWriter tar, string path, Random random)
    {
        byte[] text = Encoding.ASCII.GetBytes(random.Next(1000).ToString(System.Globalization.CultureInfo.InvariantCulture));
        tar.Write(LayerEntry.File(path, text.Length), text);
    }

    private static byte[] Normal(byte[] tar, (byte[], byte[])? restored = null)
    {
        using MemoryStream spool = new();
        OwnLayer layer = new OwnLayerReader(Times, new VolatileFiles([], []), restored).Read(new MemoryStream(tar), "t", spool, CancellationToken.None);
        return Tar(writer => layer.Write(writer, (offset, length) => new MemoryStream(spool.ToArray(), (int)offset, (int)length), CancellationToken.None), end: false);
    }

    private static byte[] Tar(Action<TarWriter> write, bool end = true)
    {
        using MemoryStream stream = new();
        TarWriter tar = new(stream);
        write(tar);
        if (end)
        {
            tar.WriteEnd();
        }

        return stream.ToArray();
    }

    private static byte[] Compiled(uint flags, uint time)
    {
        byte[] code = new byte[20];
        code[0] = 0xA7;
        code[1] = 0x0D;
        code[2] = (byte)'\r';
        code[3] = (byte)'\n';
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(4), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(8), time);
        return code;
    }
}
