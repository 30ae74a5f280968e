using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Layers;

public sealed class CodecTests
{
    public static TheoryData<string> Names => ["gzip", "zstd"];

    /// <summary>3.3 MB that compress as text does, the same for ever.</summary>
    internal static byte[] Known { get; } = MakeKnown();

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bytes_do_not_depend_on_workers_or_on_the_size_of_writes(string name)
    {
        byte[] expected = Compress(name, Known, 1, Known.Length);
        foreach (int workers in (int[])[1, 2, 8])
        {
            foreach (int write in (int[])[997, 1 << 20, (1 << 20) + 1])
            {
                Assert.True(expected.AsSpan().SequenceEqual(Compress(name, Known, workers, write)), $"{name}, {workers} workers, writes of {write}");
            }
        }
        Assert.True(expected.AsSpan().SequenceEqual(Compress(name, Known, 4, 1)));
    }

    /// <summary>A new version of a codec that changes its bytes changes every user's digests: it must be noticed.</summary>
    [Theory]
    [InlineData("gzip", "07ea4d06ec55ff0499d7cca7a8cfb12af2d9d15a62369cc585f03594be662110")]
    [InlineData("zstd", "2d1905ece927248a2b4d44ce4f788eed00f562f39764aed7cdbea094037eb298")]
    public void The_bytes_are_these(string name, string digest)
        => Assert.Equal("sha256:" + digest, Digest.Of(Compress(name, Known, 2, 65_536)).ToString());

    /// <summary>Compressors are used again, and must not remember what they have seen.</summary>
    [Fact]
    public void A_block_is_the_same_whatever_was_compressed_before_it()
    {
        ZstdCodec used = new(2);
        for (int length = 1 << 20; length > 1; length = length * 2 / 3)
        {
            byte[] raw = Known[^length..];
            using MemoryStream after = new(), fresh = new();
            used.CompressBlock(raw, length, after);
            new ZstdCodec(2).CompressBlock(raw, length, fresh);
            Assert.True(after.ToArray().AsSpan().SequenceEqual(fresh.ToArray()));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_compressed_comes_out_again(string name)
    {
        foreach (int length in (int[])[0, 1, 1 << 20, (1 << 20) + 1, Known.Length])
        {
            byte[] compressed = Compress(name, Known[..length], 2, 100_000);
            Assert.Equal(length == 0, compressed.Length == 0);
            Assert.True(Known.AsSpan(0, length).SequenceEqual(Decompress(compressed)));
        }
    }

    /// <summary>The lock says which compressor made its digests; another version of it must say so.</summary>
    [Fact]
    public void The_identity_names_the_version_in_use()
    {
        Assert.Contains($"/{DeflateEncoder.Version}/", Codec.Gzip.Identity, StringComparison.Ordinal);
        Assert.Contains($"/ZstdSharp-{Version(typeof(ZstdSharp.Compressor))}/", Codec.Zstd.Identity, StringComparison.Ordinal);

        static string Version(Type type) => type.Assembly.GetName().Version!.ToString(3);
    }

    [Fact]
    public void The_gzip_header_is_fixed()
        => Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF], Compress("gzip", [1], 1, 1)[..10]);

    [Fact]
    public async Task Gzip_and_zstd_read_what_was_written_and_gzip_is_no_more_than_a_tenth_smaller()
    {
        Tools.Require("gzip");
        byte[] ours = Compress("gzip", Known, 2, 65_536);
        Assert.Equal(Digest.Of(Known), Digest.Of(await ByteTools.RunAsync("gzip", ["-dc"], ours)));
        byte[] theirs = await ByteTools.RunAsync("gzip", ["-6n"], Known);
        Assert.True(ours.Length <= theirs.Length * 1.10, $"{ours.Length} against {theirs.Length} bytes");
        Tools.Require("zstd");
        Assert.Equal(Digest.Of(Known), Digest.Of(await ByteTools.RunAsync("zstd", ["-dc"], Compress("zstd", Known, 2, 65_536))));
    }

    [Theory]
    [InlineData("gzip", "-c")]
    [InlineData("zstd", "-c")]
    [InlineData("xz", "-c")]
    [InlineData("xz", "-cT2", "--block-size=200000")]
    [InlineData("xz", "-c", "--check=sha256")]
    [InlineData("xz", "-c", "--check=crc32")]
    [InlineData("xz", "-c", "--check=none")]
    [InlineData("xz", "-c", "--format=lzma")]
    [InlineData("bzip2", "-c")]
    public async Task What_the_tools_write_is_read(string tool, params string[] arguments)
    {
        Tools.Require(tool);
        byte[] content = Known[..900_000];
        byte[] compressed = await ByteTools.RunAsync(tool, arguments, content);
        Assert.True(content.AsSpan().SequenceEqual(Decompress(compressed)));
        if (!arguments.Contains("--format=lzma"))
        {
            byte[] twice = [.. compressed, .. compressed];
            Assert.Equal(2 * content.Length, Decompress(twice).Length);
        }
        Assert.Throws<CompressedDataInvalidException>(() => Decompress([.. compressed, 1, 2, 3, 4, 5, 6, 7, 8]));
        foreach (int cut in (int[])[1, 4, 8, 20, compressed.Length / 2, compressed.Length - 7])
        {
            CompressedDataInvalidException error = Assert.Throws<CompressedDataInvalidException>(() => Decompress(compressed[..^cut]));
            Assert.StartsWith("test: the ", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Every shape of LZMA2 that xz makes: chunks stored and coded, properties, small dictionaries that go round, several blocks.</summary>
    [Theory]
    [InlineData("-0")]
    [InlineData("-9e")]
    [InlineData("--lzma2=preset=6,dict=4KiB")]
    [InlineData("--lzma2=preset=1,dict=96KiB,lc=0,lp=4,pb=0")]
    [InlineData("--lzma2=preset=1,lc=4,lp=0,pb=4,nice=273")]
    [InlineData("--lzma2=preset=6,lc=1,lp=3,pb=2,dict=1536KiB", "--block-size=700000")]
    public async Task Xz_of_every_kind_of_content_is_read(params string[] arguments)
    {
        Tools.Require("xz");
        Random random = new(5);
        byte[] noise = new byte[300_000];
        random.NextBytes(noise);
        byte[] words = new byte[400_000];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (byte)(i % 4 == 0 ? random.Next(3) : i >> 12);
        }

        byte[] content = [.. Known[..700_000], .. noise, .. new byte[900_000], .. words, .. noise, 1];
        byte[] compressed = await ByteTools.RunAsync("xz", ["-c", .. arguments], content);
        Assert.True(content.AsSpan().SequenceEqual(Decompress(compressed)));
        for (int round = 0; round < 60; round++)
        {
            byte[] flipped = (byte[])compressed.Clone();
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            Exception? error = Record.Exception(() => Decompress(flipped));
            Assert.True(error is CompressedDataInvalidException or DecompressionLimitException, $"round {round}: {error}");
        }
    }

    public static TheoryData<string> Formats => ["gz", "zst", "xz", "bz2"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_flipped_bit_is_an_error_or_changes_nothing(string format)
    {
        byte[] content = Known[..20_000];
        byte[] compressed = TestDeb.Compress(content, format);
        Random random = new(7);
        int refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] flipped = (byte[])compressed.Clone();
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                // A flip in the magic makes it data that is not compressed: what comes out is then the flipped data itself.
                byte[] result = Decompress(flipped);
                Assert.True(result.AsSpan().SequenceEqual(content) || result.AsSpan().SequenceEqual(flipped), $"round {round}: other content");
            }
            catch (Exception e) when (e is CompressedDataInvalidException or DecompressionLimitException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1300, 1500);
    }

    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    [InlineData(CompressionFormat.Xz)]
    [InlineData(CompressionFormat.Bzip2)]
    [InlineData(CompressionFormat.Lzma)]
    internal void Random_bytes_give_a_typed_error(CompressionFormat format)
    {
        Random random = new((int)format);
        byte[][] magics = [[], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF], [0x28, 0xB5, 0x2F, 0xFD], TestXz.Store([1, 2, 3])[..24], "BZh91AY&SY"u8.ToArray(), [0x5D, 0, 0, 1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0]];
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            byte[] magic = magics[(int)format];
            magic.AsSpan(0, Math.Min(magic.Length, bytes.Length)).CopyTo(bytes);
            try
            {
                using Stream stream = Codecs.OpenDecompressed(new MemoryStream(bytes), "test", DecompressionLimits.Control, format);
                stream.CopyTo(Stream.Null);
            }
            catch (Exception e) when (e is CompressedDataInvalidException or DecompressionLimitException)
            {
                Assert.StartsWith("test: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_bomb_is_stopped_at_its_limit(string format)
    {
        byte[] bomb = TestDeb.Compress(new byte[8 << 20], format);
        using Stream absolute = Codecs.OpenDecompressed(new MemoryStream(bomb), "test", DecompressionLimits.Layer with { MaxBytes = 1 << 20 });
        Assert.Throws<DecompressionLimitException>(() => absolute.CopyTo(Stream.Null));
        if (format != "xz") // which the tests store
        {
            using Stream ratio = Codecs.OpenDecompressed(new MemoryStream(bomb), "test", DecompressionLimits.Layer with { MaxRatio = 50, RatioFrom = 1 << 20 });
            Assert.Contains("50 times", Assert.Throws<DecompressionLimitException>(() => ratio.CopyTo(Stream.Null)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_dictionary_of_4_gib_is_refused_before_it_is_made()
    {
        Assert.Throws<DecompressionLimitException>(() => Decompress(TestXz.Store([1, 2, 3], dictionary: 40)));
        Assert.Throws<DecompressionLimitException>(() => Decompress([0x5D, 0, 0, 0, 0xF0, .. new byte[20]], CompressionFormat.Lzma));
        // A zstd frame with a window of 2 GiB.
        Assert.Throws<CompressedDataInvalidException>(() => Decompress([0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x01, 0x00, 0x00]));
    }

    /// <summary>zstd:chunked layers and pzstd put such frames before and after the data.</summary>
    [Fact]
    public void Skippable_zstd_frames_are_passed_over()
    {
        byte[] skippable = [0x5A, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        byte[] frames = Compress("zstd", Known, 1, Known.Length);
        Assert.True(Known.AsSpan().SequenceEqual(Decompress([.. skippable, .. frames, .. skippable])));
        Assert.Throws<CompressedDataInvalidException>(() => Decompress([.. frames, .. skippable[..^1]]));
    }

    [Fact]
    public void What_the_disk_throws_is_not_taken_for_damage()
        => Assert.Throws<IOException>(() => Codecs.OpenDecompressed(new FailingStream(TestDeb.Compress(Known, "gz")[..50_000]), "test", DecompressionLimits.Layer).CopyTo(Stream.Null));

    [Fact]
    public void A_failing_destination_is_an_error_of_the_writer_not_a_lock_up()
    {
        CompressorStream stream = Codec.Zstd.Compress(new FailingStream([]), 4);
        Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                stream.Write(Known);
            }
        });
    }

    [Fact]
    public void Counters_say_what_went_through()
    {
        using MemoryStream output = new();
        using CompressorStream stream = Codec.Gzip.Compress(output, 2);
        stream.Write(Known);
        stream.Finish();
        Assert.Equal((Known.Length, output.Length, 4), (stream.BytesIn, stream.BytesOut, stream.BlockSizes.Count));
    }

    internal static byte[] Compress(string name, byte[] content, int workers, int write)
    {
        using MemoryStream output = new();
        using (CompressorStream stream = Codec.ByName(name)!.Compress(output, workers))
        {
            for (int at = 0; at < content.Length; at += write)
            {
                stream.Write(content, at, Math.Min(write, content.Length - at));
            }
        }
        return output.ToArray();
    }

    private static byte[] Decompress(byte[] compressed, CompressionFormat? format = null)
    {
        using Stream stream = Codecs.OpenDecompressed(new MemoryStream(compressed), "test", DecompressionLimits.Layer, format);
        using MemoryStream output = new();
        stream.CopyTo(output);
        return output.ToArray();
    }

    private static byte[] MakeKnown()
    {
        string[] words = ["layer", "digest", "the", "of", "image\n", "0x7f", "package", "\0\0\0\0", "libc6", "depends", "=", "sha256:"];
        StringBuilder text = new();
        uint state = 1;
        while (text.Length < 3_300_000)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            text.Append(words[(state >> 24) % words.Length]).Append((char)(' ' + ((state >> 16) % 64)));
        }
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private sealed class FailingStream(byte[] start) : MemoryStream(start)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, count) is int read and > 0 ? read : throw new IOException("the disk is gone");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("the disk is full");
    }
}
