using BaseImage.Engine.Images;

namespace BaseImage.Engine.Building.Bases;

/// <summary>One platform of an image that is built on.</summary>
/// <param name="Reference">What leads to the image.</param>
/// <param name="Manifest">Its manifest, with config and layers.</param>
/// <param name="Listing">Its file system.</param>
internal sealed record BasePlatform(ImageReference Reference, SourceManifest Manifest, PackageListing Listing)
{
    /// <summary>Its layers, byte for byte, under OCI's media types.</summary>
    internal IReadOnlyList<BuiltLayer> Layers { get; } =
        [.. Manifest.Layers.Select(layer => new BuiltLayer(layer.Descriptor with { MediaType = MediaTypes.ToOciLayer(layer.Descriptor.MediaType) }, layer.DiffId, layer.OpenBlobAsync))];
}
