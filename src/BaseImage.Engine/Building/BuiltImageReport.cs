using BaseImage.Engine.Images;

namespace BaseImage.Engine.Building;

/// <summary>Says what was built, in the type that flows on the pipeline.</summary>
internal static class BuiltImageReport
{
    /// <summary>Describes it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="written">The pinned reference of the first destination.</param>
    /// <param name="asked">That destination as it was asked for.</param>
    /// <param name="tags">The tags it was given where the destination has none.</param>
    public static ContainerImage Describe(BuiltImage image, ImageReference written, ImageReference asked, IReadOnlyList<string> tags)
    {
        ImageManifest[] manifests = image.Manifests.Select(Describe).ToArray();
        return new ContainerImage
        {
            Name = image.Name,
            Tags = asked.Tag.Length > 0 ? [asked.Tag] : tags,
            Reference = written.ToString(),
            Digest = image.Root.Digest,
            ImageId = manifests[0].ImageId,
            MediaType = image.Root.MediaType,
            Platforms = [.. manifests.Select(manifest => manifest.Platform)],
            Manifests = manifests,
            Size = image.Manifests.Select(m => m.Config.Descriptor).Concat(image.Manifests.SelectMany(m => m.Layers).Select(l => l.Descriptor))
                .DistinctBy(descriptor => descriptor.Digest).Sum(descriptor => descriptor.Size),
            Created = manifests[0].Created,
            Layers = manifests[0].Layers,
            Config = manifests[0].Config,
            Source = asked.ToString(),
        };
    }

    private static ImageManifest Describe(BuiltManifest manifest)
    {
        OciConfig config = OciReader.Config(manifest.Config.Bytes, "the config");
        return new ImageManifest
        {
            Platform = manifest.Platform,
            Digest = manifest.Manifest.Digest,
            ImageId = manifest.Config.Digest,
            MediaType = manifest.Manifest.MediaType,
            Size = manifest.Config.Bytes.Length + manifest.Layers.Sum(layer => layer.Descriptor.Size),
            Created = config.Created,
            Layers = [.. manifest.Layers.Select(layer => new ImageLayer(layer.Descriptor.Digest, layer.DiffId, layer.Descriptor.Size, layer.Descriptor.MediaType))],
            Config = config.Config,
            History = config.History,
        };
    }
}
