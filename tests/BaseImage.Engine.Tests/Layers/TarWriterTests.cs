using System.Collections.Immutable;
using System.Text;
using BaseImage.Engine.Layers;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Layers;

public sealed class TarWriterTests
{
    private static readonly Gen<byte[]> s_name = Gen.Choose(1, 255).Where(value => value != '/').Select(value => (byte)value).ArrayOf()
        .Where(name => name.Length > 0 && !name.AsSpan().SequenceEqual("."u8) && !name.AsSpan().SequenceEqual(".."u8));

    private static readonly Gen<LayerPath> s_path =
        from parts in s_name.NonEmptyListOf()
        from pad in Gen.Elements(0, 0, 0, 90, 140, 300)
        select LayerPath.TryCreate(Join([.. parts, .. pad > 0 ? [Enumerable.Repeat((byte)'n', pad).ToArray()] : Array.Empty<byte[]>()]), out LayerPath path) ? path : default;

    private static readonly Gen<ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>> s_xattrs =
        from names in Gen.Elements("security.capability", "user.x", "user.ünï", "trusted.a b", "user.\n").ListOf()
        from values in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ArrayOf(names.Count)
        select names.Zip(values).DistinctBy(pair => pair.First).Aggregate(LayerEntry.NoXattrs, (all, pair) => all.SetItem(pair.First, pair.Second));

    private static readonly Gen<long> s_number = Gen.OneOf(
        Gen.Choose(0, 70_000).Select(value => (long)value), Gen.Elements(0L, 2_097_151, 2_097_152, uint.MaxValue));

    private static readonly Gen<long> s_time = Gen.OneOf(
        Gen.Choose(0, int.MaxValue).Select(value => (long)value), Gen.Elements(-1L, 0x1_FFFF_FFFF, 0x2_0000_0000, -62_135_596_800));

    private static readonly Gen<LayerEntry> s_entry =
        from path in s_path
        from kind in Gen.Elements(Enum.GetValues<ImageFileKind>())
        from target in s_path
        from mode in Gen.Choose(0, 0xFFF)
        from uid in s_number
        from gid in s_number
        from time in s_time
        from size in Gen.Choose(0, 3000)
        from major in Gen.Choose(0, 0xFFF)
        from xattrs in s_xattrs
        select new LayerEntry
        {
            Path = path,
            Kind = kind == ImageFileKind.HardLink && target == path ? ImageFileKind.File : kind,
            Mode = mode,
            Uid = uid,
            Gid = gid,
            ModifiedTime = time,
            Size = kind == ImageFileKind.File ? size : 0,
            LinkTarget = kind is ImageFileKind.SymbolicLink || (kind is ImageFileKind.HardLink && target != path) ? target.Bytes : default,
            DeviceMajor = kind is ImageFileKind.BlockDevice or ImageFileKind.CharacterDevice ? major : 0,
            DeviceMinor = kind is ImageFileKind.BlockDevice or ImageFileKind.CharacterDevice ? size : 0,
            Xattrs = xattrs,
        };

    [Fact]
    public void What_is_written_is_read_again_byte_for_byte()
        => Prop.ForAll(s_entry.NonEmptyListOf().ToArbitrary(), entries =>
        {
            byte[] first = Write(entries);
            List<LayerEntry> read = TarReaderTests.Read(first, out List<byte[]> contents);
            return read.SequenceEqual(entries) && contents.Select(content => content.Length).SequenceEqual(entries.Select(entry => (int)entry.Size))
                && Write(read).AsSpan().SequenceEqual(first);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_size_beyond_8_gib_goes_into_a_pax_header()
    {
        LayerEntry entry = LayerEntry.File("big", 9L << 30);
        using MemoryStream written = new();
        Assert.Throws<InvalidDataException>(() => new TarWriter(written).Write(entry, new MemoryStream()));
        TarReader reader = new(new MemoryStream(written.ToArray()), "test.tar");
        Assert.Equal(entry, reader.Next());
        Assert.Contains("size=9663676416", Encoding.Latin1.GetString(written.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Content_of_another_length_than_the_entry_says_is_refused(int length)
    {
        using MemoryStream written = new();
        Assert.Throws<InvalidDataException>(() => new TarWriter(written).Write(LayerEntry.File("x", 4), new MemoryStream(new byte[length])));
        Assert.Throws<InvalidDataException>(() => new TarWriter(written).Write(LayerEntry.File("x", 4), new byte[length]));
    }

    /// <summary>The format is a promise: a change here changes every digest that users have.</summary>
    [Fact]
    public void The_bytes_are_these()
    {
        byte[] tar = Write(Sample());
        string digest = Digest.Of(tar).ToString();
        Assert.True(digest == "sha256:31308c3e67d02f653a81d46700d261d970625703be38e7e5f18297d440ed600a", digest);
        string header = Encoding.Latin1.GetString(tar, 512, 512);
        Assert.Equal("usr/\0", header[..5]);
        Assert.Equal("0000755\00000000\00000000\000000000000\014544400200\0", header[100..148]);
        Assert.Equal("ustar\000", header[257..265]);
        Assert.DoesNotContain(header[265..], value => value is not ('\0' or '0'));
    }

    [Fact]
    public async Task Gnu_tar_lists_what_was_written()
    {
        Tools.Require("tar");
        string listing = await ByteTools.TextAsync("tar", ["-tv", "--numeric-owner", "--full-time", "--utc", "--quoting-style=c", "-f", "-"], Write(Sample()));
        string[] lines = [.. listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Equal(
            [
                "drwxr-xr-x 0/0 0 2024-01-01 00:00:00 \"./\"",
                "drwxr-xr-x 0/0 0 2024-01-01 00:00:00 \"usr/\"",
                "-rwsr-xr-x 0/4000000 5 1969-12-31 23:59:59 \"usr/caf\\351\"",
                "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 \"usr/link\" -> \"../\\001\"",
                "hrw-r--r-- 0/0 0 1970-01-01 00:00:00 \"usr/hard\" link to \"usr/caf\\351\"",
                "crw-rw-rw- 0/0 1,3 1970-01-01 00:00:00 \"null\"",
                $"-rw-r--r-- 0/0 0 1970-01-01 00:00:00 \"{new string('d', 60)}/{new string('e', 60)}\"",
                $"-rw-r--r-- 0/0 0 1970-01-01 00:00:00 \"{new string('f', 130)}\"",
            ],
            lines);
    }

    [Fact]
    public async Task Python_reads_the_extended_attributes_that_were_written()
    {
        Tools.Require("python3");
        const string Script = "import sys,io,tarfile\nfor m in tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()),errors='surrogateescape'):\n  [print(k.encode('utf-8','surrogateescape').hex(),v.encode('utf-8','surrogateescape').hex()) for k,v in m.pax_headers.items() if 'xattr' in k]";
        string attributes = await ByteTools.TextAsync("python3", ["-c", Script], Write(Sample()));
        Assert.Equal($"{Convert.ToHexString(Encoding.UTF8.GetBytes("SCHILY.xattr.security.capability"))} 01000002000A80FF".ToLowerInvariant(), attributes.Trim());
    }

    private static IReadOnlyList<LayerEntry> Sample()
    {
        LayerPath.TryCreate("usr/caf\xe9"u8.ToArray()[..7].Append((byte)0xE9).ToArray(), out LayerPath odd);
        return
        [
            LayerEntry.Directory("", modifiedTime: TestDeb.Time),
            LayerEntry.Directory("usr", modifiedTime: TestDeb.Time),
            LayerEntry.File("x", 5, 0x9ED) with { Path = odd, Gid = 4_000_000, ModifiedTime = -1, Xattrs = LayerEntry.NoXattrs.Add("security.capability", new byte[] { 1, 0, 0, 2, 0, 0x0A, 0x80, 0xFF }) },
            LayerEntry.SymbolicLink("usr/link", "../\x01"),
            LayerEntry.File("usr/hard", 0) with { Kind = ImageFileKind.HardLink, LinkTarget = odd.Bytes },
            LayerEntry.File("null", 0, 0x1B6) with { Kind = ImageFileKind.CharacterDevice, DeviceMajor = 1, DeviceMinor = 3 },
            LayerEntry.File(new string('d', 60) + "/" + new string('e', 60), 0),
            LayerEntry.File(new string('f', 130), 0),
        ];
    }

    private static byte[] Write(IEnumerable<LayerEntry> entries)
    {
        using MemoryStream stream = new();
        TarWriter writer = new(stream);
        foreach (LayerEntry entry in entries)
        {
            writer.Write(entry, Enumerable.Repeat((byte)'c', (int)entry.Size).ToArray());
        }
        writer.WriteEnd();
        Assert.Equal(stream.Length, writer.Position);
        return stream.ToArray();
    }

    private static byte[] Join(IEnumerable<byte[]> parts) => [.. parts.SelectMany(part => (byte[])[(byte)'/', .. part]).Skip(1)];
}
