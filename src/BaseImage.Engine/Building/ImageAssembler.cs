using BaseImage.Engine.Images;

namespace BaseImage.Engine.Building;

/// <summary>
/// Makes an image's documents: a config and a manifest a platform, and an index above several. Every time is the epoch.
/// Nothing names the builder's version: a new version that builds the same layers gives the same digest. Sources: OCI
/// Image Specification 1.1, config.md, manifest.md, image-index.md, annotations.md.
/// </summary>
internal static class ImageAssembler
{
    private const string Title = "org.opencontainers.image.title";
    private const string Description = "org.opencontainers.image.description";
    private const string Created = "org.opencontainers.image.created";

    /// <summary>Makes them.</summary>
    public static BuiltImage Assemble(ImageDefinition definition, DateTimeOffset epoch, IReadOnlyList<(Platform Platform, BuiltLayer Layer)> layers)
    {
        SortedDictionary<string, string> annotations = Annotations(definition);
        annotations[Created] = epoch.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        ImageConfig config = Configuration(definition);
        BuiltManifest[] manifests = layers.Select(item => Manifest(item.Platform, item.Layer, config, epoch, annotations)).ToArray();
        return new BuiltImage
        {
            Name = definition.Name,
            Manifests = manifests,
            Index = manifests.Length == 1 ? null : OciDocuments.Index(manifests.Select(m => m.Manifest.Descriptor with { Platform = m.Platform }), annotations),
        };
    }

    /// <summary>How containers start: the definition's configuration with labels that say what the image is.</summary>
    public static ImageConfig Configuration(ImageDefinition definition) => definition.Config with { Labels = Labels(definition) };

    /// <summary>The one step of the history.</summary>
    public static ImageHistory History(DateTimeOffset epoch)
        => new(epoch, "BaseImage", "packages without their scripts, and what the scripts would have done", EmptyLayer: false);

    private static BuiltManifest Manifest(Platform platform, BuiltLayer layer, ImageConfig config, DateTimeOffset epoch, SortedDictionary<string, string> annotations)
    {
        BuiltDocument document = OciDocuments.Config(new OciConfig
        {
            Platform = platform,
            Created = epoch,
            Config = config,
            DiffIds = [layer.DiffId],
            History = [History(epoch)],
        });
        return new BuiltManifest
        {
            Platform = platform,
            Config = document,
            Layers = [layer],
            Manifest = OciDocuments.Manifest(document.Descriptor, [layer.Descriptor], annotations),
        };
    }

    private static SortedDictionary<string, string> Annotations(ImageDefinition definition)
    {
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal) { [Title] = definition.Name };
        if (definition.Description.Length > 0)
        {
            annotations[Description] = definition.Description;
        }

        return annotations;
    }

    // Engines keep labels and drop annotations.
    private static SortedDictionary<string, string> Labels(ImageDefinition definition)
    {
        SortedDictionary<string, string> labels = Annotations(definition);
        foreach ((string name, string value) in definition.Config.Labels)
        {
            labels[name] = value;
        }

        return labels;
    }
}
