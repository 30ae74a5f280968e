using System.IO.Compression;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Layers;

/// <summary>
/// What the encoder writes is what went in, for every decoder at hand, and never larger than it says. The generator mixes
/// runs, repeats at every distance, noise and few symbols; BASEIMAGE_DEFLATE_ROUNDS sets how many inputs there are.
/// </summary>
public sealed class DeflateEncoderTests
{
    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_DEFLATE_ROUNDS"), out int rounds) ? rounds : 300;

    [Fact]
    public void The_runtimes_decoder_and_SharpCompress_read_what_is_written()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        DeflateEncoder encoder = new();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = Generate(random);
            byte[] output = Encode(encoder, input);
            Assert.True(input.AsSpan().SequenceEqual(Inflate(new DeflateStream(new MemoryStream(output), CompressionMode.Decompress))), $"seed {seed}, round {round}, the runtime");
            Assert.True(
                input.AsSpan().SequenceEqual(Inflate(new SharpCompress.Compressors.Deflate.DeflateStream(new MemoryStream(output), SharpCompress.Compressors.CompressionMode.Decompress))),
                $"seed {seed}, round {round}, SharpCompress");
        }
    }

    [Theory]
    [InlineData("gzip", "-dc")]
    [InlineData("python3", "-c", "import sys,zlib\nd=sys.stdin.buffer.read()\nwhile d:\n o=zlib.decompressobj(31)\n sys.stdout.buffer.write(o.decompress(d))\n assert o.eof\n d=o.unused_data")]
    public async Task Programs_read_what_is_written(string program, params string[] arguments)
    {
        Tools.Require(program);
        Random random = new(20261123);
        using MemoryStream raw = new(), members = new();
        for (int round = 0; round < 60; round++)
        {
            byte[] input = Generate(random);
            raw.Write(input);
            if (input.Length > 0)
            {
                Codec.Gzip.CompressBlock(input, input.Length, members);
            }
        }

        Assert.Equal(Digest.Of(raw.ToArray()), Digest.Of(await ByteTools.RunAsync(program, arguments, members.ToArray())));
    }

    [Fact]
    public void An_encoder_that_was_used_before_writes_the_same()
    {
        Random random = new(7);
        DeflateEncoder used = new();
        for (int round = 0; round < 50; round++)
        {
            byte[] input = Generate(random);
            Assert.True(Encode(new DeflateEncoder(), input).AsSpan().SequenceEqual(Encode(used, input)), $"round {round}");
        }
    }

    [Fact]
    public void What_does_not_compress_is_stored()
    {
        byte[] noise = new byte[Codec.Gzip.BlockSize];
        new Random(1).NextBytes(noise);
        Assert.InRange(Encode(new DeflateEncoder(), noise).Length, noise.Length, noise.Length + 300);
    }

    [Fact]
    public void Codes_of_every_shape_are_complete_and_within_their_limit()
    {
        Random random = new(11);
        for (int round = 0; round < 2000; round++)
        {
            int symbols = random.Next(2, 287), limit = symbols <= 128 ? random.Next(7, 16) : random.Next(9, 16);
            int[] counts = new int[symbols];
            // Fibonacci's numbers make the longest codes there are.
            int a = 1, b = 1;
            for (int i = 0; i < symbols; i++)
            {
                counts[i] = (round % 3) switch { 0 => a, 1 => random.Next(0, 3) * random.Next(0, 5000), _ => random.Next(4) == 0 ? 1 : 0 };
                (a, b) = (Math.Min(b, 20_000), Math.Min(a + b, 20_000));
            }

            HuffmanCode code = new(symbols, limit);
            code.Build(counts);
            Assert.Equal(1 << limit, code.Sizes.Where(size => size > 0).Sum(size => 1 << (limit - size)));
            Assert.All(code.Sizes, size => Assert.InRange(size, 0, limit));
            Assert.All(Enumerable.Range(0, symbols).Where(i => counts[i] > 0), i => Assert.NotEqual(0, code.Sizes[i]));
        }
    }

    private static byte[] Encode(DeflateEncoder encoder, byte[] input)
    {
        byte[] output = new byte[DeflateEncoder.MaxOutput(input.Length)];
        return output[..encoder.Encode(input, output)];
    }

    private static byte[] Inflate(Stream decoder)
    {
        using MemoryStream result = new();
        decoder.CopyTo(result);
        decoder.Dispose();
        return result.ToArray();
    }

    private static byte[] Generate(Random random)
    {
        int length = random.Next(6) switch { 0 => random.Next(0, 12), 1 => random.Next(0, 300), 2 => random.Next(0, 1 << 20), _ => random.Next(0, 70_000) };
        byte[] bytes = new byte[length];
        int symbols = random.Next(1, 257);
        for (int at = 0; at < length;)
        {
            int part = Math.Min(random.Next(1, 2000), length - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes.AsSpan(at, part).Fill((byte)random.Next(256));
                    break;
                case 1 when at > 0:
                    int distance = random.Next(1, Math.Min(at, 40_000) + 1);
                    for (int i = 0; i < part; i++)
                    {
                        bytes[at + i] = bytes[at + i - distance];
                    }

                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(at, part));
                    break;
                default:
                    for (int i = 0; i < part; i++)
                    {
                        bytes[at + i] = (byte)(Math.Sqrt(random.NextDouble()) * symbols);
                    }

                    break;
            }

            at += part;
        }

        return bytes;
    }
}
