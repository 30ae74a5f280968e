using BaseImage.Engine.Building.Bases;
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
    private const string BaseName = "org.opencontainers.image.base.name";
    private const string BaseDigest = "org.opencontainers.image.base.digest";

    /// <summary>Makes them.</summary>
    public static BuiltImage Assemble(ImageDefinition definition, DateTimeOffset epoch, IReadOnlyList<(Platform Platform, BuiltLayer? Layer, BasePlatform? Base)> layers)
    {
        SortedDictionary<string, string> annotations = Annotations(definition);
        annotations[Created] = epoch.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        if (definition.BaseImage is { } image)
        {
            annotations[BaseDigest] = image.Digest.ToString();
            if (image.Transport is ImageTransport.Registry)
            {
                annotations[BaseName] = image.Name;
            }
        }

        ImageConfig config = Configuration(definition);
        BuiltManifest[] manifests = layers.Select(item => Manifest(item.Platform, item.Layer, item.Base, config, epoch, annotations)).ToArray();
        return new BuiltImage
        {
            Name = definition.Name,
            Manifests = manifests,
            Index = manifests.Length == 1 ? null : OciDocuments.Index(manifests.Select(m => m.Manifest.Descriptor with { Platform = m.Platform }), annotations),
        };
    }

    /// <summary>How containers start: the definition's configuration with labels that say what the image is.</summary>
    public static ImageConfig Configuration(ImageDefinition definition) => definition.Config with { Labels = Labels(definition) };

    private static BuiltManifest Manifest(Platform platform, BuiltLayer? layer, BasePlatform? below, ImageConfig config, DateTimeOffset epoch, SortedDictionary<string, string> annotations)
    {
        BuiltLayer[] layers = [.. below?.Layers ?? [], .. layer is null ? [] : new[] { layer }];
        ImageHistory own = new(epoch, "BaseImage", "packages without their scripts, and what the scripts would have done", EmptyLayer: layer is null);
        BuiltDocument document = OciDocuments.Config(new OciConfig
        {
            Platform = platform,
            Created = epoch,
            Config = below is null ? config : BaseConfig.Over(below.Manifest.Config.Config, config),
            DiffIds = [.. layers.Select(l => l.DiffId)],
            History = [.. History(below), own],
        });
        return new BuiltManifest
        {
            Platform = platform,
            Config = document,
            Layers = layers,
            Manifest = OciDocuments.Manifest(document.Descriptor, layers.Select(l => l.Descriptor), annotations),
        };
    }

    // A history that does not fit its layers is no history (config.md: non-empty entries equal diff_ids); then each layer gets a line.
    private static IEnumerable<ImageHistory> History(BasePlatform? below)
        => below is null ? []
            : below.Manifest.Config.History.Count(step => !step.EmptyLayer) == below.Manifest.Layers.Count ? below.Manifest.Config.History
            : below.Manifest.Layers.Select(_ => new ImageHistory(below.Manifest.Config.Created, "", "layer of the base image", EmptyLayer: false));

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
