using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Auditing.Contents;

public class LayerFactsTests
{
    private static readonly Digest DiffId = Digest.Of("a layer"u8);

    [Fact]
    public void What_is_replayed_is_what_was_read()
    {
        int merged = 0, refused = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            byte[][] layers = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomLayer(random))];
            (string direct, string replayed) = (Try(() => Direct(layers)), Try(() => Replayed(layers)));
            Assert.True(direct == replayed, $"seed {seed}: read\n{direct}\nreplayed\n{replayed}");
            (merged, refused) = direct.StartsWith("refused", StringComparison.Ordinal) ? (merged, refused + 1) : (merged + 1, refused);
        }

        Assert.True(merged > 100 && refused > 10, $"{merged} merged, {refused} refused: the generator is too tame or too wild");
    }

    [Fact]
    public void No_secret_is_in_what_is_kept()
    {
        List<string> secrets = [];
        TestTar tar = new();
        string[] places = ["etc/passwd", "etc/os-release", "var/lib/dpkg/status", "var/lib/dpkg/info/a.list", "app/.env", "root/.netrc", "app/config.txt", "etc/shells"];
        int number = 0;
        foreach ((_, string text, string secret) in TestSecrets.All(7))
        {
            secrets.Add(secret);
            foreach (string place in places)
            {
                tar.Add($"{number}/{place}", content: Encoding.UTF8.GetBytes($"first line\nkey {text.Replace("{0}", secret, StringComparison.Ordinal)} end\nlast\0line\n"));
            }

            tar.Add(number++ % 2 == 0 ? "var/lib/dpkg/status" : "etc/os-release", content: Encoding.UTF8.GetBytes($"\0binary\nkey {text.Replace("{0}", secret, StringComparison.Ordinal)} end\n"));
        }

        const string Hash = "$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/";
        tar.Add("etc/shadow", content: Encoding.UTF8.GetBytes($"root:{Hash}:19000:0:99999:7:::\napp:plain-text-password:1::::::\n"));
        tar.Add("app/.pgpass", content: "db:5432:*:app:q8Zr2LmX0vT5\n"u8.ToArray());
        LayerFacts facts = Scan(tar.ToArray());
        string kept = Encoding.Latin1.GetString(Unpacked(facts));
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, kept, StringComparison.Ordinal));
        foreach (string secret in new[] { Hash[12..], "saltsalt", "plain-text-password", "q8Zr2LmX0vT5" })
        {
            Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
        }

        // What is around them stays, and so does what they say of themselves.
        Assert.Contains("root:$6$" + AccountMask.Struck + ":19000:0:99999:7:::\n", kept, StringComparison.Ordinal);
        Assert.Contains("first line\n", kept, StringComparison.Ordinal);
        Assert.True(facts.Files.Count(file => file.Content!.Secrets.Count > 0) > secrets.Count);
        Assert.Single(facts.Files[^1].Content!.Secrets);
        Assert.Null(facts.Files[^1].Content!.Content);
    }

    [Theory]
    [InlineData("root:x:0:0:root:/root:/bin/sh", "root:x:0:0:root:/root:/bin/sh")]
    [InlineData("root:*:19000::::::", "root:*:19000::::::")]
    [InlineData("root:!:19000::::::", "root:!:19000::::::")]
    [InlineData("root::19000::::::", "root::19000::::::")]
    [InlineData("root:$y$j9T$abc$def:1::::::", "root:$y$(struck-out):1::::::")]
    [InlineData("root:!$1$abc$def:1::::::", "root:!$1$(struck-out):1::::::")]
    [InlineData("root:abJnggxhB/yWI:1::::::", "root:(struck-out):1::::::")]
    [InlineData("root:$", "root:(struck-out)")]
    [InlineData("root:secret\r\nx:y", "root:(struck-out)\r\nx:(struck-out)")]
    [InlineData("no colon\n", "no colon\n")]
    [InlineData("", "")]
    public void Passwords_are_struck_out_of_tables_of_accounts(string table, string expected)
        => Assert.Equal(expected, Encoding.Latin1.GetString(AccountMask.Apply(Encoding.Latin1.GetBytes(table))));

    [Fact]
    public void Damaged_facts_are_absent_and_nothing_else()
    {
        byte[] packed = LayerFactsFormat.Write(Scan(RandomLayer(new Random(3))), DiffId)!;
        byte[] raw = Unpacked(Scan(RandomLayer(new Random(3))));
        Assert.NotNull(LayerFactsFormat.TryRead(packed, DiffId));
        Assert.Null(LayerFactsFormat.TryRead(packed, Digest.Of("another"u8)));
        int readable = 0;
        for (int seed = 0; seed < 4000; seed++)
        {
            Random random = new(seed);
            byte[] bytes = Mutate(seed % 2 == 0 ? packed : raw, random);
            LayerFacts? facts = LayerFactsFormat.TryRead(seed % 2 == 0 ? bytes : Pack(bytes), DiffId);
            if (facts is not null)
            {
                readable++;
                Try(() => Describe([facts]));
            }
        }

        Assert.True(readable > 10, "no mutation got past the frame, so nothing behind it was tried");
        Assert.Null(LayerFactsFormat.TryRead([], DiffId));
        Assert.Null(LayerFactsFormat.TryRead([.. packed, 0], DiffId));
        Assert.Null(LayerFactsFormat.TryRead(packed[..^1], DiffId));
    }

    [Fact]
    public void A_layer_of_too_many_entries_is_refused_before_it_is_read_to_its_end()
    {
        byte[] entry = TestTar.Header("a/", '5');
        using Endless tar = new(entry, 10_000_000);
        Assert.Throws<TarLimitException>(() => LayerScan.Read(tar, "layer", TestContext.Current.CancellationToken));
        Assert.True(tar.Given < 1_200_000L * entry.Length, $"{tar.Given} bytes were read");
    }

    [Fact]
    public void A_file_that_lies_about_its_size_takes_no_memory()
    {
        byte[] tar = new TestTar().Add("var/lib/dpkg/status", content: new byte[9000], size: 8L << 30).WithoutEnd();
        Assert.Throws<ImageLimitExceededException>(() => Scan(tar));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Throws<TarInvalidException>(() => Scan(new TestTar().Add("some/file", content: "x"u8.ToArray(), size: 8L << 30).WithoutEnd()));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 4 << 20);
    }

    private static LayerFacts Scan(byte[] tar) => LayerScan.Read(new MemoryStream(tar), "layer", TestContext.Current.CancellationToken);

    private static string Try(Func<string> action)
    {
        try
        {
            return action();
        }
        catch (BaseImageException e) when (e is TarInvalidException or TarHostileException or TarLimitException)
        {
            // Of several mistakes in a stack of layers either reader may meet another one first.
            return "refused";
        }
    }

    private static string Direct(byte[][] layers)
    {
        MergedFileSystem merged = new();
        for (int i = 0; i < layers.Length; i++)
        {
            merged.Apply(new TarReader(new MemoryStream(layers[i]), "layer"), i);
        }

        return Text(merged);
    }

    private static string Replayed(byte[][] layers) => Describe([.. layers.Select(layer => LayerFactsFormat.TryRead(LayerFactsFormat.Write(Scan(layer), DiffId)!, DiffId)!)]);

    private static string Describe(IReadOnlyList<LayerFacts> layers)
    {
        MergedFileSystem merged = new();
        for (int i = 0; i < layers.Count; i++)
        {
            merged.Apply(layers[i].Replay("layer"), i);
        }

        return Text(merged);
    }

    private static string Text(MergedFileSystem merged)
    {
        Dictionary<MergedFileBody, int> bodies = [];
        return string.Join('\n', merged.Files().Prepend(merged.Root).Select(file =>
        {
            bodies.TryAdd(file.Body, bodies.Count);
            LayerEntry e = file.Entry;
            string xattrs = string.Join(',', e.Xattrs.Select(x => $"{x.Key}={Convert.ToHexString(x.Value.Span)}"));
            return $"{file} {e.Path} {e.Kind} {e.Mode} {e.Uid}:{e.Gid} {e.Size} {e.ModifiedTime} '{e.LinkTargetText}' {e.DeviceMajor},{e.DeviceMinor} [{xattrs}] layer {file.Layer} {file.IsImplicit} -> {file.LinkedTo} {file.Digest} body {bodies[file.Body]}";
        }));
    }

    // Few names, so that layers meet.
    private static byte[] RandomLayer(Random random)
    {
        string[] names = ["a", "b", "c", ".wh.a", ".wh.b", ".wh..wh..opq", "caf\xe9"];
        string Path() => string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(i => names[random.Next(i == 0 ? 4 : names.Length)]));
        TestTar tar = new();
        List<string> files = [];
        for (int i = random.Next(8); i >= 0; i--)
        {
            string path = Path();
            byte[] content = Encoding.Latin1.GetBytes(new string((char)random.Next(256), random.Next(20)));
            if (random.Next(4) == 0)
            {
                tar.Pax(("SCHILY.xattr.user.x", "v\xff" + random.Next(3)), ("mtime", "-12.5"));
            }

            switch (random.Next(10))
            {
                case 0:
                    tar.Add(path, '2', link: random.Next(2) == 0 ? Path() : "/" + Path() + "/..", time: random.Next());
                    break;
                case 1:
                    tar.Add(path, '1', link: files.Count > 0 && random.Next(5) > 0 ? files[random.Next(files.Count)] : Path());
                    break;
                case 2:
                    tar.Add(path, "346"[random.Next(3)], major: random.Next(9), minor: random.Next(300));
                    break;
                case 3 or 4:
                    tar.Add(path + "/", '5', mode: random.Next(0x1000), uid: random.Next(70_000));
                    break;
                default:
                    files.Add(path);
                    tar.Add(path, content: content, mode: random.Next(0x1000), gid: random.Next(70_000), time: random.Next());
                    break;
            }
        }

        return tar.ToArray();
    }

    private static byte[] Unpacked(LayerFacts facts)
    {
        using ZstdSharp.Decompressor zstd = new();
        return zstd.Unwrap(LayerFactsFormat.Write(facts, DiffId)!, 1 << 28).ToArray();
    }

    private static byte[] Pack(byte[] raw)
    {
        using ZstdSharp.Compressor zstd = new(1);
        return zstd.Wrap(raw).ToArray();
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        List<byte> changed = [.. bytes];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(4))
            {
                case 0:
                    changed.RemoveAt(at);
                    break;
                case 1:
                    changed.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    changed[at] = 0xFF;
                    break;
                default:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. changed];
    }

    private sealed class Endless(byte[] block, long times) : MemoryStream
    {
        public long Given { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int count = (int)Math.Min(Math.Min(buffer.Length, block.Length - (Given % block.Length)), (times * block.Length) - Given);
            block.AsSpan((int)(Given % block.Length), count).CopyTo(buffer);
            Given += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
