using BaseImage.Engine.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building;

/// <summary>The same lock gives the same digest: the one that is written down here.</summary>
public sealed class GoldenTests
{
    [Fact]
    public async Task The_golden_lock_gives_the_golden_digest()
    {
        using BuildBench bench = new();
        BuiltImage image = await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition);
        string expected = string.Join('\n', GoldenCase.DiffIds.Prepend(GoldenCase.Digest));
        string actual = string.Join('\n', image.Manifests.Select(m => m.Layers[0].DiffId).Prepend(image.Root.Digest));
        Assert.True(expected == actual, $"Expected:\n{expected}\nActual:\n{actual}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Any_number_of_workers_and_any_state_of_the_cache_give_it(int workers)
    {
        using BuildBench bench = new();
        for (int i = 0; i < 2; i++)
        {
            BuiltImage image = await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition, workers);
            Assert.Equal(GoldenCase.Digest, image.Root.Digest.ToString());
        }

        Assert.Equal(0, bench.Counters.PackagesUnpacked);
        Assert.Equal(0, bench.Counters.FragmentsMade);
        Assert.Equal(2, bench.Counters.LayersReused);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip, "gzip")]
    [InlineData(LayerCompression.Zstd, "zstd")]
    public async Task Another_program_computes_the_same_diff_id(LayerCompression compression, string program)
    {
        Tools.Require(program);
        using BuildBench bench = new();
        BuiltImage image = await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition, compression: compression);
        foreach (BuiltManifest manifest in image.Manifests)
        {
            string blob = bench.Folder.Combine("blob");
            byte[] bytes = await BuildBench.BytesAsync(manifest.Layers[0]);
            await File.WriteAllBytesAsync(blob, bytes, TestContext.Current.CancellationToken);
            string sum = await Tools.RunAsync("/bin/sh", ["-c", $"{program} -dc < '{blob}' | sha256sum"]);
            Assert.Equal(manifest.Layers[0].DiffId.Hex, sum[..64]);
            Assert.Equal(manifest.Layers[0].Descriptor.Digest, BaseImage.Digest.Of(bytes));
            Assert.Equal(manifest.Layers[0].Descriptor.Size, bytes.Length);
            Assert.Equal(compression == LayerCompression.Gzip ? MediaTypes.OciLayerGzip : MediaTypes.OciLayerZstd, manifest.Layers[0].Descriptor.MediaType);
        }
    }

    [Fact]
    public async Task Both_codecs_give_the_same_diff_ids()
    {
        using BuildBench bench = new();
        BuiltImage zstd = await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition, compression: LayerCompression.Zstd);
        Assert.Equal(GoldenCase.DiffIds, zstd.Manifests.Select(m => m.Layers[0].DiffId.ToString()));
    }

    [Fact]
    public async Task No_time_in_the_image_is_after_the_epoch()
    {
        using BuildBench bench = new();
        DateTimeOffset early = new(2023, 12, 31, 0, 0, 0, TimeSpan.Zero);
        BuiltImage image = await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition, epoch: early);
        foreach (BuiltManifest manifest in image.Manifests)
        {
            Assert.All((await BuildBench.ReadAsync(manifest.Layers[0])).Files(), file => Assert.InRange(file.Entry.ModifiedTime, 1, early.ToUnixTimeSeconds()));
            Assert.DoesNotContain("2024", System.Text.Encoding.UTF8.GetString(manifest.Config.Bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_later_epoch_leaves_packages_fragments_as_they_are()
    {
        using BuildBench bench = new();
        await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition);
        await bench.BuildAsync(GoldenCase.Lock(bench.Packages), GoldenCase.Definition, epoch: BuildBench.Epoch.AddYears(1));
        Assert.Equal(0, bench.Counters.PackagesUnpacked);
        // The directories and what is made carry the epoch's time; no package does.
        Assert.Equal(4, bench.Counters.FragmentsMade);
    }
}
