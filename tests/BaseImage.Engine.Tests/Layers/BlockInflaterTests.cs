using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Layers;

public sealed class BlockInflaterTests
{
    public static TheoryData<string, int> Cases => new(
        from codec in new[] { "gzip", "zstd", "none" }
        from workers in new[] { 1, 2, 7 }
        select new TheoryDataRow<string, int>(codec, workers));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Blocks_come_out_in_order_whatever_the_number_of_workers(string name, int workers)
    {
        byte[] raw = Content(5_300_000);
        (Codec codec, byte[] packed, IReadOnlyList<int> sizes) = Pack(name, raw);
        using MemoryStream output = new();
        long total = await BlockInflater.InflateAsync(codec, new MemoryStream(packed), sizes, workers, block => output.Write(block), CancellationToken.None);
        Assert.Equal((raw.Length, 6), (total, sizes.Count));
        Assert.True(raw.AsSpan().SequenceEqual(output.ToArray()));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task Flipped_bits_are_an_error_or_other_bytes_and_never_the_end_of_the_process(string name)
    {
        (Codec codec, byte[] packed, IReadOnlyList<int> sizes) = Pack(name, Content(1_200_000));
        Random random = new(7);
        for (int i = 0; i < 200; i++)
        {
            byte[] flipped = [.. packed];
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            Exception? failure = await Record.ExceptionAsync(() => BlockInflater.InflateAsync(codec, new MemoryStream(flipped), sizes, 2, _ => { }, CancellationToken.None));
            Assert.True(failure is null or InvalidDataException, $"{i}: {failure}");
        }
    }

    [Fact]
    public async Task Sizes_that_lie_are_an_error()
    {
        (Codec codec, byte[] packed, IReadOnlyList<int> sizes) = Pack("zstd", Content(2_500_000));
        await Assert.ThrowsAsync<EndOfStreamException>(() => BlockInflater.InflateAsync(codec, new MemoryStream(packed), [.. sizes, 10], 2, _ => { }, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => BlockInflater.InflateAsync(codec, new MemoryStream(packed), [sizes[0] - 1, sizes[1] + 1, sizes[2]], 2, _ => { }, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_goes_on_behind_a_stop()
    {
        (Codec codec, byte[] packed, IReadOnlyList<int> sizes) = Pack("gzip", Content(5_000_000));
        using CancellationTokenSource stop = new();
        int taken = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BlockInflater.InflateAsync(codec, new MemoryStream(packed), sizes, 2, _ =>
        {
            taken++;
            stop.Cancel();
        }, stop.Token));
        Assert.Equal(1, taken);
    }

    private static (Codec Codec, byte[] Packed, IReadOnlyList<int> Sizes) Pack(string name, byte[] raw)
    {
        Codec codec = Codec.ByName(name)!;
        using MemoryStream output = new();
        using CompressorStream stream = codec.Compress(output, 3);
        stream.Write(raw);
        stream.Finish();
        return (codec, output.ToArray(), stream.BlockSizes);
    }

    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(3).NextBytes(content.AsSpan(0, length / 3));
        for (int i = length / 3; i < length; i++)
        {
            content[i] = (byte)(i / 700);
        }

        return content;
    }
}
