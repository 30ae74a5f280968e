using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>The answer for places that this version knows by name and does not reach.</summary>
internal static class NotSupported
{
    /// <summary>A registry's reference.</summary>
    internal static ImageTransportNotSupportedException Transport(ImageReference reference)
        => new(reference.ToString(), "registries are not read or written by this version", $"Copy the image first, as with: skopeo copy {reference} oci:folder; then name oci:folder.");
}
