using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Layers;

public sealed class TarReaderTests
{
    [Fact]
    public void Version_7_gnu_and_pax_headers_are_read_alike()
    {
        string longName = string.Join('/', Enumerable.Repeat("directory", 30)) + "/caf\xe9";
        TestTar tar = new TestTar()
            .Raw(TestTar.Header("v7/", '\0', magic: "")).Raw(TestTar.Header("v7/file", '\0', magic: "", time: 7))
            .Add("././@LongLink", 'L', Encoding.Latin1.GetBytes(longName + "\0")).Add("././@LongLink", 'K', Encoding.Latin1.GetBytes(longName + "\0"))
            .Add("short", '2', link: "short")
            .Pax(("path", longName), ("size", "3"), ("mtime", "-1.5"), ("uid", "4000000000"), ("SCHILY.xattr.security.capability", "\x01\x00\x80\x0a"), ("comment", "x"))
            .Raw(TestTar.Header("other", size: 0)).Padded([1, 2, 3])
            .Raw(TestTar.Header("name", prefix: "a/prefix"));

        List<LayerEntry> entries = Read(tar.ToArray(), out List<byte[]> contents);

        byte[] longBytes = Encoding.Latin1.GetBytes(longName);
        Assert.Equal((LayerPath.FromUtf8("v7"), ImageFileKind.Directory), (entries[0].Path, entries[0].Kind));
        Assert.Equal((ImageFileKind.File, 7), (entries[1].Kind, entries[1].ModifiedTime));
        Assert.Equal(longBytes, entries[2].Path.Bytes.ToArray());
        Assert.Equal(longBytes, entries[2].LinkTarget.ToArray());
        Assert.Equal(longBytes, entries[3].Path.Bytes.ToArray());
        Assert.Equal((3L, -2L, 4_000_000_000L), (entries[3].Size, entries[3].ModifiedTime, entries[3].Uid));
        Assert.Equal([1, 0, 0x80, 0x0A], entries[3].Xattrs["security.capability"].ToArray());
        Assert.Equal([1, 2, 3], contents[3]);
        Assert.Equal("a/prefix/name", entries[4].Path.ToString());
    }

    [Fact]
    public void Base_256_numbers_are_read_and_their_overflow_refused()
    {
        byte[] header = TestTar.Header("x");
        new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(header, 136);
        Assert.Equal(uint.MaxValue, Read(new TestTar().Raw(TestTar.Sum(header)).ToArray(), out _)[0].ModifiedTime);
        Enumerable.Repeat((byte)0xFF, 12).ToArray().CopyTo(header, 136);
        Assert.Equal(-1, Read(new TestTar().Raw(TestTar.Sum(header)).ToArray(), out _)[0].ModifiedTime);
        new byte[] { 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 }.CopyTo(header, 136);
        Assert.Throws<TarInvalidException>(() => Read(new TestTar().Raw(TestTar.Sum(header)).ToArray(), out _));
        new byte[] { 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0 }.CopyTo(header, 136);
        Assert.Throws<TarInvalidException>(() => Read(new TestTar().Raw(TestTar.Sum(header)).ToArray(), out _));
        header = TestTar.Header("x");
        Enumerable.Repeat((byte)0xFF, 12).ToArray().CopyTo(header, 124);
        Assert.Throws<TarInvalidException>(() => Read(new TestTar().Raw(TestTar.Sum(header)).ToArray(), out _));
    }

    [Theory]
    [InlineData("./a/b", "a/b")]
    [InlineData("a//b/./c/", "a/b/c")]
    [InlineData("./", "")]
    [InlineData(".", "")]
    [InlineData("./././x", "x")]
    [InlineData("..a/b..", "..a/b..")]
    public void Names_are_made_plain(string name, string expected)
        => Assert.Equal(expected, Read(new TestTar().Add(name, '5').ToArray(), out _)[0].Path.ToString());

    public static TheoryData<string> Traversals => ["../x", "a/../../x", "..", "a/..", "./../etc/passwd"];

    [Theory]
    [MemberData(nameof(Traversals))]
    public void Names_and_hard_links_that_leave_the_root_are_refused(string name)
    {
        foreach (TarRules rules in (TarRules[])[TarRules.Layer, TarRules.Package])
        {
            Refused<TarHostileException>(new TestTar().Add(name), rules);
            Refused<TarHostileException>(new TestTar().Pax(("path", name)).Add("x"), rules);
            Refused<TarHostileException>(new TestTar().Add("a").Add("x", '1', link: name), rules);
        }
    }

    [Fact]
    public void Absolute_names_are_refused_in_packages_and_taken_as_engines_take_them_in_layers()
    {
        TestTar tar = new TestTar().Add("/etc/passwd");
        Refused<TarHostileException>(tar, TarRules.Package);
        Assert.Equal("etc/passwd", Read(tar.ToArray(), out _)[0].Path.ToString());
    }

    [Theory]
    [InlineData("usr/lib/x", "../../etc/x", true)]
    [InlineData("usr/lib/x", "../../../etc/x", false)]
    [InlineData("x", "..", false)]
    [InlineData("x", "/etc/alternatives/x", true)]
    [InlineData("x", "/..", false)]
    [InlineData("a/x", "b/../../../c", false)]
    [InlineData("a/x", "../../a/../b", false)]
    public void Symbolic_links_of_packages_must_not_climb_above_the_root(string path, string target, bool allowed)
    {
        TestTar tar = new TestTar().Add("./" + path, '2', link: target);
        if (allowed)
        {
            Assert.Equal(target, Read(tar.ToArray(), out _, TarRules.Package)[0].LinkTargetText);
        }
        else
        {
            Refused<TarHostileException>(tar, TarRules.Package);
        }
        Assert.Equal(target, Read(tar.ToArray(), out _)[0].LinkTargetText);
    }

    [Theory]
    [InlineData('3')]
    [InlineData('4')]
    [InlineData('6')]
    public void Devices_and_fifos_are_refused_in_packages(char type)
    {
        TestTar tar = new TestTar().Raw(TestTar.Header("dev/x", type, major: 1, minor: 3));
        Refused<TarHostileException>(tar, TarRules.Package);
        LayerEntry entry = Read(tar.ToArray(), out _)[0];
        Assert.Equal(type == '6' ? (0, 0) : (1, 3), (entry.DeviceMajor, entry.DeviceMinor));
    }

    public static TheoryData<string, byte[]> Broken
    {
        get
        {
            byte[] badSum = TestTar.Header("x");
            badSum[0]++;
            byte[] badNumber = TestTar.Header("x");
            badNumber[124] = (byte)'-';
            byte[] innerJunk = TestTar.Header("x");
            "1 2"u8.CopyTo(innerJunk.AsSpan(124));
            return new()
            {
                { "checksum", badSum },
                { "not a number", TestTar.Sum(badNumber) },
                { "digits, a space, digits", TestTar.Sum(innerJunk) },
                { "half a header", TestTar.Header("x")[..300] },
                { "size that lies", new TestTar().Add("x", content: [1], size: 100_000).ToArray() },
                { "huge size", new TestTar().Add("x", size: 0x1_FFFF_FFFF).ToArray() },
                { "size of a link", new TestTar().Add("x", '2', link: "y", size: 512).ToArray() },
                { "size of a directory", new TestTar().Add("x/", '5', content: [1]).ToArray() },
                { "no name", new TestTar().Add("").ToArray() },
                { "no target", new TestTar().Add("x", '2').ToArray() },
                { "hard link to itself", new TestTar().Add("x", '1', link: "./x").ToArray() },
                { "unknown type", new TestTar().Add("x", 'Z').ToArray() },
                { "GNU sparse", new TestTar().Add("x", 'S').ToArray() },
                { "pax sparse", new TestTar().Pax(("GNU.sparse.major", "1")).Add("x").ToArray() },
                { "pax key twice", new TestTar().Pax(("path", "a"), ("path", "b")).Add("x").ToArray() },
                { "two pax headers", new TestTar().Pax(("path", "a")).Pax(("mtime", "1")).Add("x").ToArray() },
                { "pax and GNU name", new TestTar().Pax(("path", "a")).Add("l", 'L', "b\0"u8.ToArray()).Add("x").ToArray() },
                { "two GNU names", new TestTar().Add("l", 'L', "a\0"u8.ToArray()).Add("l", 'L', "b\0"u8.ToArray()).Add("x").ToArray() },
                { "pax without an entry", new TestTar().Pax(("path", "a")).ToArray() },
                { "global path", new TestTar().PaxOf('g', ("path", "a")).Add("x").ToArray() },
                { "NUL in a pax path", new TestTar().Pax(("path", "a\0b")).Add("x").ToArray() },
                { "NUL in a pax link", new TestTar().Pax(("linkpath", "a\0b")).Add("x", '2', link: "c").ToArray() },
                { "pax size negative", new TestTar().Pax(("size", "-1")).Add("x").ToArray() },
                { "pax size beyond 64 bits", new TestTar().Pax(("size", "99999999999999999999")).Add("x").ToArray() },
                { "pax size of hexadecimal", new TestTar().Pax(("size", "0x1")).Add("x").ToArray() },
                { "pax time", new TestTar().Pax(("mtime", "1.2.3")).Add("x").ToArray() },
                { "pax time empty digits", new TestTar().Pax(("mtime", "-")).Add("x").ToArray() },
                { "owner beyond 32 bits", new TestTar().Pax(("uid", "4294967296")).Add("x").ToArray() },
                { "pax length 0", new TestTar().Add("p", 'x', "0 a=b\n"u8.ToArray()).Add("x").ToArray() },
                { "pax length signed", new TestTar().Add("p", 'x', "+6 a=b\n"u8.ToArray()).Add("x").ToArray() },
                { "pax length too long", new TestTar().Add("p", 'x', "60 a=b\n"u8.ToArray()).Add("x").ToArray() },
                { "pax length too short", new TestTar().Add("p", 'x', "5 a=b\n"u8.ToArray()).Add("x").ToArray() },
                { "pax without '='", new TestTar().Add("p", 'x', "6 abc\n"u8.ToArray()).Add("x").ToArray() },
                { "pax without a key", new TestTar().Add("p", 'x', "5 =b\n"u8.ToArray()).Add("x").ToArray() },
                { "xattr without a name", new TestTar().Pax(("SCHILY.xattr.", "1")).Add("x").ToArray() },
                { "pax key not UTF-8", new TestTar().Pax(("caf\xe9", "1")).Add("x").ToArray() },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Broken_archives_get_one_clear_error(string what, byte[] tar)
    {
        TarInvalidException error = Assert.Throws<TarInvalidException>(() => Read(tar, out _));
        Assert.True(error.Message.StartsWith("test.tar: ", StringComparison.Ordinal), what);
        Assert.Equal("test.tar", error.Target);
    }

    [Fact]
    public void Nothing_is_taken_from_the_root_directory()
        => Refused<TarHostileException>(new TestTar().Add("./", '2', link: "/tmp"), TarRules.Layer);

    [Fact]
    public void Limits_hold_before_memory_is_asked_for()
    {
        Refused<TarLimitException>(new TestTar().Raw(TestTar.Header("p", 'x', size: 0x1_FFFF_FFFF)), TarRules.Layer);
        Refused<TarLimitException>(new TestTar().Raw(TestTar.Header("p", 'L', size: 0x1_FFFF_FFFF)), TarRules.Layer);
        Refused<TarLimitException>(new TestTar().Pax(("path", new string('a', 5000))).Add("x"), TarRules.Layer);
        Refused<TarLimitException>(new TestTar().Pax(("linkpath", new string('a', 5000))).Add("x", '2', link: "c"), TarRules.Layer);
        Refused<TarLimitException>(new TestTar().Add("a").Add("b").Add("c"), TarRules.Layer with { MaxEntries = 2 });
        TestTar globals = new();
        for (int i = 0; i < 3000; i++)
        {
            globals.PaxOf('g', ("comment", "x"));
        }
        Refused<TarLimitException>(globals.Add("x"), TarRules.Layer);
    }

    [Fact]
    public void The_end_is_taken_as_engines_take_it_in_layers_and_strictly_in_packages()
    {
        byte[] open = new TestTar().Add("./x", content: [1]).WithoutEnd();
        Assert.Single(Read(open, out _));
        Assert.Throws<TarInvalidException>(() => Read(open, out _, TarRules.Package));
        byte[] followed = [.. open, .. new byte[1024], 1];
        TarReader reader = new(new MemoryStream(followed), "test.tar");
        while (reader.Next() is not null)
        {
        }
        Assert.True(reader.HasTrailingContent);
        Assert.Throws<TarInvalidException>(() => Read(followed, out _, TarRules.Package));
        Assert.Single(Read([.. open, .. new byte[10240]], out _, TarRules.Package));
    }

    [Fact]
    public void A_global_header_with_a_comment_is_passed_over()
        => Assert.Equal("x", Assert.Single(Read(new TestTar().PaxOf('g', ("comment", "1234")).Add("x").ToArray(), out _)).Path.ToString());

    [Fact]
    public void Random_bytes_and_flipped_archives_give_entries_or_a_typed_error()
    {
        Random random = new(20240101);
        byte[] honest = new TestTar().Add("./", '5').Pax(("path", "long"), ("SCHILY.xattr.user.x", "y")).Add("x", content: new byte[700])
            .Add("././@LongLink", 'L', "abc\0"u8.ToArray()).Add("y").Add("z", '2', link: "x").Add("w", '1', link: "x").ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = (byte[])honest.Clone();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            // With sums mended, the flips reach what lies behind the checksum.
            for (int at = 0; round % 2 == 0 && at + 512 <= bytes.Length; at += 512)
            {
                if (bytes.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
                {
                    TestTar.Sum(bytes.AsSpan(at, 512).ToArray()).CopyTo(bytes, at);
                }
            }
            bytes = round % 3 == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            try
            {
                Read(bytes, out _, round % 4 == 0 ? TarRules.Package : TarRules.Layer);
            }
            catch (BaseImageException e)
            {
                Assert.StartsWith("test.tar: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    internal static List<LayerEntry> Read(byte[] tar, out List<byte[]> contents, TarRules? rules = null)
    {
        TarReader reader = new(new MemoryStream(tar), "test.tar", rules);
        List<LayerEntry> entries = [];
        contents = [];
        while (reader.Next() is LayerEntry entry)
        {
            entries.Add(entry);
            using MemoryStream content = new();
            reader.Content.CopyTo(content);
            contents.Add(content.ToArray());
            Assert.Equal(entry.Size, content.Length);
        }
        return entries;
    }

    private static void Refused<T>(TestTar tar, TarRules rules)
        where T : BaseImageException
    {
        T error = Assert.Throws<T>(() => Read(tar.ToArray(), out _, rules));
        Assert.Contains("test.tar", error.Message, StringComparison.Ordinal);
    }
}
