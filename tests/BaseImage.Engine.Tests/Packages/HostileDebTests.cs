using System.Globalization;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Packages;

public sealed class HostileDebTests
{
    private static readonly string s_name = new TestDeb().FileName;

    public static TheoryData<string> Entries =>
    [
        "traversal", "traversal in the middle", "absolute name", "link out of the root", "absolute link out of the root", "hard link out of the root", "hard link to what is not there",
        "hard link to a directory", "character device", "block device", "fifo", "path below a link", "path below a file", "path twice", "directory replaced by a file",
    ];

    [Theory]
    [MemberData(nameof(Entries))]
    public void A_hostile_entry_is_one_clear_error(string what)
    {
        TestDeb deb = new TestDeb().File("usr/bin/hello", "hello");
        TestTar tar = deb.Data;
        _ = what switch
        {
            "traversal" => tar.Add("../../etc/passwd", content: [1]),
            "traversal in the middle" => tar.Add("./usr/../../etc/passwd", content: [1]),
            "absolute name" => tar.Add("/etc/passwd", content: [1]),
            "link out of the root" => tar.Add("./usr/up", '2', link: "../../../../../etc"),
            "absolute link out of the root" => tar.Add("./usr/up", '2', link: "/../etc"),
            "hard link out of the root" => tar.Add("./usr/passwd", '1', link: "../../etc/passwd"),
            "hard link to what is not there" => tar.Add("./usr/passwd", '1', link: "./etc/shadow"),
            "hard link to a directory" => tar.Add("./usr/passwd", '1', link: "./usr/bin"),
            "character device" => tar.Raw(TestTar.Header("./usr/mem", '3', major: 1, minor: 1)),
            "block device" => tar.Raw(TestTar.Header("./usr/sda", '4', major: 8)),
            "fifo" => tar.Add("./usr/pipe", '6'),
            "path below a link" => tar.Add("./lib", '2', link: "/etc").Add("./lib/passwd", content: [1]),
            "path below a file" => tar.Add("./usr/bin/hello/x", content: [1]),
            "path twice" => tar.Add("./usr/bin/hello", content: [1]),
            "directory replaced by a file" => tar.Add("./usr", content: [1]),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        TarHostileException error = Assert.Throws<TarHostileException>(() => ReadAll(deb.ToArray()));
        Assert.StartsWith(s_name + ": data.tar.xz: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.Security, error.Kind);
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("zst")]
    [InlineData("bz2")]
    public void A_bomb_is_stopped(string compression)
    {
        byte[] deb = new TestDeb { DataCompression = compression }.File("usr/share/zeros", new byte[20 << 20]).ToArray();
        ReadAll(deb);
        DecompressionLimitException error = Assert.Throws<DecompressionLimitException>(() => ReadAll(deb, DecompressionLimits.Package with { RatioFrom = 1 << 20 }));
        Assert.StartsWith(s_name + ": data.tar." + compression, error.Message, StringComparison.Ordinal);
        Assert.Throws<DecompressionLimitException>(() => ReadAll(deb, DecompressionLimits.Package with { MaxBytes = 1 << 20 }));
    }

    [Fact]
    public void A_bomb_of_real_size_is_stopped_by_the_limits_that_users_get()
    {
        using MemoryStream bomb = new();
        using (CompressorStream zstd = Codec.Zstd.Compress(bomb, 2))
        {
            zstd.Write(TestTar.Header("./zeros", size: 0x1_FFFF_FFFF));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 400; i++)
            {
                zstd.Write(zeros);
            }
        }
        TestDeb deb = new();
        byte[] file = Replace(deb, "data.tar.zst", bomb.ToArray());
        Assert.Throws<DecompressionLimitException>(() => ReadAll(file));
        Assert.Throws<TarLimitException>(() => ReadAll(TestDeb.Ar(("debian-binary", "2.0\n"u8.ToArray()), ("control.tar.zst", bomb.ToArray()))));
    }

    [Fact]
    public void Ten_million_entries_are_stopped_at_the_limit()
    {
        using ManyEntries data = new(10_000_000);
        using Stream deb = new JoinedStream(new MemoryStream(Replace(new TestDeb(), "data.tar", [], data.Length.ToString(CultureInfo.InvariantCulture))), data);
        TarLimitException error = Assert.Throws<TarLimitException>(() => ReadAll(deb));
        Assert.Equal($"{s_name}: data.tar: more than 1000000 entries", error.Message);
    }

    [Fact]
    public void Sizes_that_lie_are_refused()
    {
        byte[] honest = new TestDeb { DataCompression = "" }.File("usr/bin/hello", "hello").ToArray();
        Assert.Throws<DebInvalidException>(() => ReadAll(Replace(new TestDeb(), "data.tar", new byte[512], "9999999999")));
        Assert.Throws<DebInvalidException>(() => ReadAll(Replace(new TestDeb(), "data.tar", new byte[512], "-1")));
        Assert.Throws<DebInvalidException>(() => ReadAll(Replace(new TestDeb(), "data.tar", new byte[512], "0x200")));
        Assert.Throws<DebInvalidException>(() => ReadAll(Replace(new TestDeb(), "data.tar", new byte[512], "")));
        Assert.Throws<DebInvalidException>(() => ReadAll(TestDeb.Ar(("debian-binary", new byte[5000]))));
        TestDeb lying = new() { DataCompression = "" };
        lying.Data.Add("./x", content: [1, 2, 3], size: 1_000_000);
        Assert.Throws<TarInvalidException>(() => ReadAll(lying.ToArray()));
        for (int length = 0; length < honest.Length - 1; length += 61)
        {
            BaseImageException error = Assert.ThrowsAny<BaseImageException>(() => ReadAll(honest[..length]));
            Assert.StartsWith(s_name, error.Message, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, byte[]> NotPackages
    {
        get
        {
            byte[] version = "2.0\n"u8.ToArray();
            byte[] control = TestDeb.Compress(new TestTar().Add("./control", content: "Package: x\n"u8.ToArray()).ToArray(), "gz");
            byte[] data = TestDeb.Compress(new TestTar().Add("./", '5').ToArray(), "gz");
            byte[] Control(TestTar tar) => TestDeb.Ar(("debian-binary", version), ("control.tar.gz", TestDeb.Compress(tar.ToArray(), "gz")), ("data.tar.gz", data));
            return new()
            {
                { "empty", [] },
                { "another file", "PK\x03\x04 not a package at all"u8.ToArray() },
                { "no members", "!<arch>\n"u8.ToArray() },
                { "old format", "0.939000\n83\n"u8.ToArray() },
                { "version 3", TestDeb.Ar(("debian-binary", "3.0\n"u8.ToArray()), ("control.tar.gz", control), ("data.tar.gz", data)) },
                { "version 2.x", TestDeb.Ar(("debian-binary", "2.x\n"u8.ToArray()), ("control.tar.gz", control), ("data.tar.gz", data)) },
                { "version without a line", TestDeb.Ar(("debian-binary", "2.0"u8.ToArray()), ("control.tar.gz", control), ("data.tar.gz", data)) },
                { "wrong order", TestDeb.Ar(("debian-binary", version), ("data.tar.gz", data), ("control.tar.gz", control)) },
                { "no control", TestDeb.Ar(("debian-binary", version)) },
                { "no data", TestDeb.Ar(("debian-binary", version), ("control.tar.gz", control)) },
                { "unknown compression", TestDeb.Ar(("debian-binary", version), ("control.tar.gz", control), ("data.tar.rar", data)) },
                { "control in bzip2", TestDeb.Ar(("debian-binary", version), ("control.tar.bz2", control), ("data.tar.gz", data)) },
                { "another compression than the name says", TestDeb.Ar(("debian-binary", version), ("control.tar.xz", control), ("data.tar.gz", data)) },
                { "data in another compression than the name says", TestDeb.Ar(("debian-binary", version), ("control.tar.gz", control), ("data.tar", data)) },
                { "header without its end", [.. "!<arch>\n"u8, .. Encoding.ASCII.GetBytes(new string('x', 60))] },
                { "half a header", [.. "!<arch>\ndebian-binary"u8] },
                { "name with control characters", TestDeb.Ar(("debian\nbinary", version)) },
                { "control archive without control", Control(new TestTar().Add("./md5sums")) },
                { "control twice", Control(new TestTar().Add("./control", content: [65]).Add("./control", content: [65])) },
                { "control as a link", Control(new TestTar().Add("./control", '2', link: "/etc/passwd")) },
                { "control in a folder", Control(new TestTar().Add("./control", content: [65]).Add("./a/b", content: [65])) },
                { "control not UTF-8", Control(new TestTar().Add("./control", content: [0xFF, 0xFE, 10])) },
                { "control empty", Control(new TestTar().Add("./control", content: "\n\n"u8.ToArray())) },
                { "control larger than it may be", Control(new TestTar().Add("./control", content: [65]).Add("./x", size: 20 << 20)) },
                { "something after the data", [.. TestDeb.Ar(("debian-binary", version), ("control.tar.gz", control), ("data.tar.gz", data)), 0, 1, 2, 3] },
                { "something after the data in its member", TestDeb.Ar(("debian-binary", version), ("control.tar.gz", control), ("data.tar.gz", [.. data, 0, 0, 0])) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(NotPackages))]
    public void What_is_no_package_gets_one_clear_error(string what, byte[] file)
    {
        BaseImageException error = Assert.ThrowsAny<BaseImageException>(() => ReadAll(file));
        Assert.True(error.Message.StartsWith(s_name + ": ", StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public void Further_members_are_passed_over_as_deb_5_says()
    {
        byte[] control = TestDeb.Compress(new TestTar().Add("./control", content: "Package: x\n"u8.ToArray()).ToArray(), "gz");
        byte[] file = TestDeb.Ar(
            ("debian-binary", "2.1\nmore\n"u8.ToArray()), ("_one", [1]), ("control.tar.gz", control), ("_two", [1, 2, 3]),
            ("data.tar", new TestTar().Add("./", '5').ToArray()), ("_gpgorigin", [1, 2, 3]));
        Assert.Equal("Package: x\n", ReadAll(file)[..11]);
    }

    [Theory]
    [InlineData("gz")]
    [InlineData("xz")]
    [InlineData("zst")]
    [InlineData("bz2")]
    public void A_thousand_flips_of_a_package_give_an_error_that_names_it_or_the_same_content(string compression)
    {
        byte[] honest = new TestDeb { DataCompression = compression, ControlCompression = compression == "bz2" ? "gz" : compression }
            .File("usr/bin/hello", Enumerable.Range(0, 9000).Select(i => (byte)(i * i >> 5)).ToArray(), 0x9ED)
            .Link("usr/bin/hi", "hello").HardLink("usr/bin/hey", "usr/bin/hello").ControlFile("postinst", "#!/bin/sh\n").ToArray();
        string expected = ReadAll(honest);
        Random random = new(compression[0]);
        int refused = 0;
        for (int round = 0; round < 1000; round++)
        {
            byte[] flipped = (byte[])honest.Clone();
            flipped[random.Next(flipped.Length)] ^= (byte)random.Next(1, 256);
            try
            {
                Assert.Equal(expected, ReadAll(flipped));
            }
            catch (BaseImageException e)
            {
                Assert.StartsWith(s_name + ": ", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.InRange(refused, 900, 1000);
    }

    [Fact]
    public async Task Dpkg_deb_reads_what_the_tests_build()
    {
        Tools.Require("dpkg-deb");
        using TempFolder folder = new();
        foreach (string compression in (string[])["xz", "gz", "zst", "bz2", ""])
        {
            TestDeb deb = new TestDeb("hello", "1.0-" + compression.Length + compression) { DataCompression = compression, ControlCompression = compression == "bz2" ? "" : compression }
                .File("usr/bin/hello", "hello").Link("usr/bin/hi", "hello").HardLink("usr/bin/hey", "usr/bin/hello");
            string listing = await ByteTools.TextAsync("dpkg-deb", ["--contents", deb.Save(folder.Path)]);
            Assert.Equal(6, listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Contains("./usr/bin/hi -> hello", listing, StringComparison.Ordinal);
            Assert.Equal(deb.Control, await ByteTools.TextAsync("dpkg-deb", ["--field", deb.Save(folder.Path)]));
        }
    }

    private static string ReadAll(byte[] file, DecompressionLimits? limits = null) => ReadAll(new MemoryStream(file), limits);

    /// <summary>Everything that a package gives, as text.</summary>
    private static string ReadAll(Stream file, DecompressionLimits? limits = null)
    {
        using DebPackage package = DebPackage.Open(file, s_name, limits);
        StringBuilder text = new(package.ControlText);
        foreach ((string name, ReadOnlyMemory<byte> content) in package.ControlFiles.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(' ').Append(Digest.Of(content.Span)).Append('\n');
        }
        ITarEntries entries = package.OpenData();
        using System.Security.Cryptography.SHA256 sha256 = System.Security.Cryptography.SHA256.Create();
        while (entries.Next() is LayerEntry entry)
        {
            if (entry.Kind == ImageFileKind.File && entry.Size == 0)
            {
                continue; // of which the test of ten million has too many to write down
            }
            text.Append(CultureInfo.InvariantCulture, $"{entry.Kind} {entry.Mode} {entry.Uid}:{entry.Gid} {entry.Size} {entry.ModifiedTime} {entry.Path} {entry.LinkTargetText} {Convert.ToHexString(sha256.ComputeHash(entries.Content))}\n");
        }
        return text.ToString();
    }

    /// <summary>The package up to its data member, and this in its place.</summary>
    private static byte[] Replace(TestDeb deb, string name, byte[] content, string? size = null)
    {
        byte[] whole = deb.Assemble([]);
        int at = whole.AsSpan().LastIndexOf("data.tar"u8);
        return [.. whole[..at], .. TestDeb.ArHeader(name, size ?? content.Length.ToString(CultureInfo.InvariantCulture)), .. content, .. new byte[content.Length & 1]];
    }

    /// <summary>An archive of empty files with different names, made as it is read.</summary>
    private sealed class ManyEntries(long count) : ReadOnlyForwardStream
    {
        private readonly byte[] _block = TestTar.Header("./00000000");
        private long _next;
        private int _at = 512;

        public override long Length => (count * 512) + 1024;

        public override int Read(Span<byte> buffer)
        {
            if (_at == _block.Length)
            {
                if (_next++ == count)
                {
                    return 0;
                }
                Encoding.ASCII.GetBytes(_next.ToString("x8", CultureInfo.InvariantCulture)).CopyTo(_block, 2);
                TestTar.Sum(_block);
                _at = 0;
            }
            int read = Math.Min(buffer.Length, _block.Length - _at);
            _block.AsSpan(_at, read).CopyTo(buffer);
            _at += read;
            return read;
        }
    }

    private sealed class JoinedStream(Stream first, Stream second) : ReadOnlyForwardStream
    {
        public override int Read(Span<byte> buffer) => first.Read(buffer) is int read and > 0 ? read : second.Read(buffer);
    }
}
