using BaseImage.Engine.Images;

namespace BaseImage.Engine.Auditing;

/// <summary>What an image's manifest and config say beside how a container starts.</summary>
internal sealed record ManifestFacts
{
    /// <summary>The manifest's media type; empty where the place has no manifest (Docker archives, engines).</summary>
    public string MediaType { get; init; } = "";

    /// <summary>The config's media type; empty likewise.</summary>
    public string ConfigMediaType { get; init; } = "";

    /// <summary>The platform that an index gives; null where there is no index, or it gives none.</summary>
    public Platform? Stated { get; init; }

    /// <summary>The platform that the config gives.</summary>
    public Platform? Configured { get; init; }

    /// <summary>The manifest's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The layers, lowest first.</summary>
    public IReadOnlyList<ManifestLayer> Layers { get; init; } = [];

    /// <summary>Who made it, of the config.</summary>
    public string Author { get; init; } = "";

    /// <summary>What a manifest that was read says.</summary>
    public static ManifestFacts Of(SourceManifest manifest) => new()
    {
        MediaType = manifest.Descriptor?.MediaType ?? "",
        ConfigMediaType = manifest.Descriptor is null ? "" : manifest.ConfigDescriptor.MediaType,
        Stated = manifest.Descriptor?.Platform,
        Configured = manifest.Config.Platform,
        Annotations = manifest.Annotations,
        Author = manifest.Config.Author,
        Layers = [.. manifest.Layers.Select(layer => new ManifestLayer(layer.DiffId, layer.Descriptor.Size, manifest.Descriptor is null ? "" : layer.Descriptor.MediaType, layer.Descriptor.Annotations))],
    };
}

/// <summary>A layer as its manifest describes it.</summary>
/// <param name="DiffId">Of the tar inside.</param>
/// <param name="Size">Bytes as stored.</param>
/// <param name="MediaType">Its media type; empty where there is no manifest.</param>
/// <param name="Annotations">Its descriptor's annotations.</param>
internal sealed record ManifestLayer(Digest DiffId, long Size, string MediaType, IReadOnlyDictionary<string, string> Annotations);
