using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Images;

namespace BaseImage.Engine.Tests.Building.Bases;

/// <summary>A base image in a layout, built of packages that a test makes, and images built on it.</summary>
internal sealed class BaseBench : IDisposable
{
    public BuildBench Bench { get; } = new();

    public ImageRoom Room { get; } = new();

    public BuiltImage? Base { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Bench.Dispose();
        Room.Dispose();
    }

    /// <summary>Builds a base and writes it to a layout.</summary>
    public async Task<ImageReference> MakeBaseAsync(ImageDefinition? definition = null, params TestDeb[] packages)
    {
        Base = await Bench.BuildAsync(Bench.Lock((Platform.LinuxAmd64, packages)), definition);
        return await Room.WriteAsync($"oci:{Room.Folder.Combine("base")}:latest", Base);
    }

    /// <summary>Builds on it, and gives the merged file system of all layers beside the image.</summary>
    public async Task<(BuiltImage Image, MergedFileSystem All, MergedFileSystem Own)> BuildAsync(ImageReference below, ImageDefinition definition, params TestDeb[] packages)
    {
        await using OpenedBase opened = await OpenedBase.OpenAsync(below, (reference, token) => ImageSources.OpenAsync(reference, Room.Paths, null, token), Token);
        BuiltImage image = await Bench.BuildAsync(Bench.Lock((Platform.LinuxAmd64, packages)), definition with { BaseImage = below }, below: opened);
        MergedFileSystem all = new(), own = new();
        IReadOnlyList<BuiltLayer> layers = image.Manifests[0].Layers;
        for (int i = 0; i < layers.Count; i++)
        {
            byte[] blob = await BuildBench.BytesAsync(layers[i]);
            Assert.Equal(layers[i].Descriptor.Digest, Digest.Of(blob));
            Apply(all, blob, i);
            if (i == layers.Count - 1)
            {
                Apply(own, blob, 0);
            }
        }

        return (image, all, own);
    }

    private static void Apply(MergedFileSystem files, byte[] blob, int layer)
    {
        using Stream tar = Codecs.OpenDecompressed(new MemoryStream(blob), "layer", DecompressionLimits.Layer);
        files.Apply(new TarReader(tar, "layer"), layer, keepContent: _ => true);
    }
}
