using System.IO.Compression;
using System.Text;
using BaseImage.Engine.Inspection.Comparison.Contents;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>Bytes that were made to break the readers of contents: they explain or they do not, and never throw.</summary>
public sealed class ContentFuzzTests
{
    private static byte[] Text => Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 60).Select(i => $"line {i} built 2026-01-0{i % 9 + 1} 10:00:00 in /build/x{i}/src id 6f0e7a8c-54d2-4b0e-9f0b-3f6b5f6f2c1d host: a{i} LANG=C 1767225{i:000}")));

    public static TheoryData<string> Samples => ["text", "json", "gzip", "zip", "ar", "tar", "pyc", "elf", "pe", "data"];

    [Theory, MemberData(nameof(Samples))]
    public void MutatedContentsNeverThrow(string name)
    {
        (string path, byte[] sample) = Sample(name);
        for (int seed = 0; seed < 150; seed++)
        {
            Random random = new(seed);
            byte[] left = random.Next(3) == 0 ? sample : Mutate(sample, random), right = Mutate(sample, random);
            ContentExplainer explainer = new(path, new MemoryView(left), new MemoryView(right), TestContext.Current.CancellationToken);
            ContentFinding found = explainer.Explain(seed % 2 == 0);
            Assert.Equal(found.Cause, new ContentExplainer(path, new MemoryView(left), new MemoryView(right), TestContext.Current.CancellationToken).Explain(seed % 2 == 0).Cause);
            Assert.NotNull(explainer.Kind);
        }
    }

    [Fact]
    public void ABombOfZerosIsNotUnpacked()
    {
        byte[] Bomb(byte last)
        {
            using MemoryStream packed = new();
            using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                byte[] zeros = new byte[1 << 20];
                for (int i = 0; i < 200; i++)
                {
                    gzip.Write(zeros);
                }

                gzip.WriteByte(last);
            }

            return packed.ToArray();
        }

        Assert.False(new ContentExplainer("/x.gz", new MemoryView(Bomb(1)), new MemoryView(Bomb(2)), TestContext.Current.CancellationToken).Explain().IsKnown);
    }

    [Fact]
    public void LinesThatExpressionsDislikeAreGivenUp()
    {
        string hostile = string.Concat(Enumerable.Repeat("aA1/tmp-", 250)), other = string.Concat(Enumerable.Repeat("bB2/tmp-", 250));
        byte[] left = Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 3000).Select(i => hostile + i))), right = Encoding.ASCII.GetBytes(string.Join('\n', Enumerable.Range(0, 3000).Select(i => other + i)));
        new ContentExplainer("/x", new MemoryView(left), new MemoryView(right), TestContext.Current.CancellationToken).Explain();
    }

    private static (string Path, byte[] Bytes) Sample(string name) => name switch
    {
        "text" => ("/etc/x", Text),
        "json" => ("/etc/x.json", """{"name":"x","time":"2026-01-01T00:00:00Z","list":[1,2,3,{"a":null}]}"""u8.ToArray()),
        "gzip" => ("/x.gz", Pack(Text)),
        "zip" => ("/x.jar", Zip()),
        "ar" => ("/x.a", Encoding.ASCII.GetBytes("!<arch>\n" + Member("//", "a_long_name_of_a_member.o/\n") + Member("/0", "first") + Member("b/", "second\n"))),
        "tar" => ("/x.tar", new TestTar().Add("a/", '5').Add("a/b", content: Text[..200], time: 5).Add("c", content: "x"u8.ToArray()).ToArray()),
        "pyc" => ("/x/__pycache__/m.pyc", [0xa7, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, .. "/build/x/m.py"u8, .. Text[..100]]),
        "elf" => ("/bin/x", File.Exists("/bin/true") ? File.ReadAllBytes("/bin/true") : [0x7f, .. "ELF"u8, 2, 1, 1, .. new byte[200]]),
        "pe" => ("/x.dll", File.ReadAllBytes(typeof(ImageDifference).Assembly.Location)[..20_000]),
        _ => ("/x", [0, 1, .. BitConverter.GetBytes(1_767_225_600), .. Text[..50], 0, 0]),
    };

    private static string Member(string name, string content) => $"{name,-16}{1767225600,-12}{0,-6}{0,-6}{"100644",-8}{content.Length,-10}`\n{content}{(content.Length % 2 == 1 ? "\n" : "")}";

    private static byte[] Pack(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Zip()
    {
        using MemoryStream packed = new();
        using (ZipArchive zip = new(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in new[] { "META-INF/MANIFEST.MF", "a.txt", "b.txt" })
            {
                ZipArchiveEntry entry = zip.CreateEntry(name);
                entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream stream = entry.Open();
                stream.Write(Text);
            }
        }

        return packed.ToArray();
    }

    // A few bytes changed, or a piece cut out, doubled, or filled: numbers at their ends and limits among them.
    private static byte[] Mutate(byte[] bytes, Random random)
    {
        List<byte> mutated = [.. bytes];
        for (int i = random.Next(1, 6); i > 0 && mutated.Count > 4; i--)
        {
            int at = random.Next(4) == 0 ? random.Next(Math.Min(mutated.Count, 128)) : random.Next(mutated.Count), length = Math.Min(random.Next(1, 40), mutated.Count - at);
            switch (random.Next(5))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated.RemoveRange(at, length);
                    break;
                case 2:
                    mutated.InsertRange(at, mutated.GetRange(at, length));
                    break;
                case 3:
                    for (int j = 0; j < Math.Min(length, 8); j++)
                    {
                        mutated[at + j] = (byte)(random.Next(2) * 0xff);
                    }

                    break;
                default:
                    mutated.RemoveRange(at, random.Next(2) == 0 ? mutated.Count - at : length);
                    break;
            }
        }

        return [.. mutated];
    }
}
