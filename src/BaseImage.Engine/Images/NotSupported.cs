using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>The answer of work that reaches no registry to a registry's reference.</summary>
internal static class NotSupported
{
    /// <summary>A registry's reference.</summary>
    internal static ImageTransportNotSupportedException Transport(ImageReference reference)
        => new(reference.ToString(), "a registry is not reached from here", $"Copy the image first: Copy-BaseImage {reference} oci:./folder; then name oci:./folder.");
}
