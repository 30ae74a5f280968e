using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>The answers for places that this version knows by name and does not reach.</summary>
internal static class NotSupported
{
    /// <summary>An engine's or a registry's reference.</summary>
    internal static ImageTransportNotSupportedException Transport(ImageReference reference) => reference.Transport is ImageTransport.Registry
        ? new(reference.ToString(), "registries are not read or written by this version", $"Copy the image first, as with: skopeo copy {reference} oci:folder; then name oci:folder.")
        : new(reference.ToString(), "this version does not speak with a container engine", $"Save the image first, as with: docker save -o image.tar {EngineName(reference)}; then name docker-archive:image.tar. A file or folder is named with './' before it.");

    private static string EngineName(ImageReference reference) => reference.Name.Length == 0 ? reference.Digest.ToString()
        : reference.Name + (reference.Tag.Length == 0 ? "" : ":" + reference.Tag) + (reference.Digest.IsEmpty ? "" : "@" + reference.Digest);
}
