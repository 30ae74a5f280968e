using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Images;

/// <summary>Makes images in memory; the same calls give the same bytes.</summary>
internal static class TestImage
{
    /// <summary>An image of these tars, one manifest a platform, all with the same layers.</summary>
    public static BuiltImage Of(string name, IReadOnlyList<byte[]> tars, params Platform[] platforms) => Of(name, tars, Codec.Gzip, MediaTypes.OciLayerGzip, platforms);

    /// <summary>An image of these tars, compressed in some way.</summary>
    public static BuiltImage Of(string name, IReadOnlyList<byte[]> tars, Codec codec, string mediaType, params Platform[] platforms)
    {
        BuiltManifest[] manifests = [.. (platforms.Length == 0 ? [Platform.LinuxAmd64] : platforms).Select(p => Manifest(p, tars, codec, mediaType))];
        return new BuiltImage
        {
            Name = name,
            Manifests = manifests,
            Index = manifests.Length == 1 ? null : OciDocuments.Index(manifests.Select(m => m.Manifest.Descriptor with { Platform = m.Platform })),
        };
    }

    /// <summary>A tar with a file or two.</summary>
    public static byte[] Tar(string content = "hello\n") => new TestTar()
        .Add("etc/", '5', mode: 0x1ED)
        .Add("etc/motd", content: System.Text.Encoding.UTF8.GetBytes(content))
        .Add("etc/link", '2', link: "motd")
        .ToArray();

    private static BuiltManifest Manifest(Platform platform, IReadOnlyList<byte[]> tars, Codec codec, string mediaType)
    {
        BuiltLayer[] layers = [.. tars.Select(tar => Layer(tar, codec, mediaType))];
        BuiltDocument config = OciDocuments.Config(new OciConfig
        {
            Platform = platform,
            Created = DateTimeOffset.UnixEpoch.AddDays(20_000),
            Config = new ImageConfig { User = "65532:65532", Env = ["LANG=C.UTF-8"], Cmd = ["/bin/true"], ExposedPorts = ["80/tcp"], Labels = new Dictionary<string, string> { ["a"] = "b" } },
            DiffIds = [.. layers.Select(l => l.DiffId)],
            History = [.. layers.Select(_ => new ImageHistory(DateTimeOffset.UnixEpoch.AddDays(20_000), "test", "", false))],
        });
        return new BuiltManifest { Platform = platform, Config = config, Layers = layers, Manifest = OciDocuments.Manifest(config.Descriptor, layers.Select(l => l.Descriptor)) };
    }

    private static BuiltLayer Layer(byte[] tar, Codec codec, string mediaType)
    {
        using MemoryStream blob = new();
        using (Stream compressor = codec.Compress(blob))
        {
            compressor.Write(tar);
        }

        byte[] bytes = blob.ToArray();
        return new BuiltLayer(new OciDescriptor(mediaType, Digest.Of(bytes), bytes.Length), Digest.Of(tar), _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes, writable: false)));
    }
}
