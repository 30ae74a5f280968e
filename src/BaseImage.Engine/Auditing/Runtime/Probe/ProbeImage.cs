using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Runtime.Probe;

/// <summary>
/// The probe's own image: one directory with one program, and labels that say whose it is. The same platform and labels
/// give the same bytes; other labels give another image, so that two runs never remove each other's.
/// </summary>
internal static class ProbeImage
{
    /// <summary>The directory that holds the probe, which a new volume there gets a copy of.</summary>
    public const string Folder = "/probe";

    /// <summary>The probe's path in its image.</summary>
    public const string Program = Folder + "/probe";

    /// <summary>Makes it.</summary>
    public static BuiltImage Build(Platform platform, IReadOnlyDictionary<string, string> labels)
    {
        byte[] probe = ProbeProgram.Read(platform);
        using MemoryStream stream = new();
        TarWriter writer = new(stream);
        writer.Write(LayerEntry.Directory(Folder[1..]));
        writer.Write(LayerEntry.File(Program[1..], probe.Length, mode: 0x16D), probe);
        writer.WriteEnd();
        byte[] tar = stream.ToArray();
        Digest diffId = Digest.Of(tar);
        BuiltLayer layer = new(new OciDescriptor(MediaTypes.OciLayer, diffId, tar.Length), diffId, _ => ValueTask.FromResult<Stream>(new MemoryStream(tar, writable: false)));
        BuiltDocument config = OciDocuments.Config(new OciConfig
        {
            Platform = platform,
            Created = DateTimeOffset.UnixEpoch,
            Config = new ImageConfig { User = "65534:65534", Entrypoint = [Program], Labels = labels },
            DiffIds = [diffId],
            History = [new ImageHistory(DateTimeOffset.UnixEpoch, "BaseImage", "the probe", EmptyLayer: false)],
        });
        BuiltDocument manifest = OciDocuments.Manifest(config.Descriptor, [layer.Descriptor]);
        return new BuiltImage
        {
            Name = "baseimage-probe",
            Manifests = [new BuiltManifest { Platform = platform, Config = config, Layers = [layer], Manifest = manifest }],
        };
    }
}
