using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Turns a destination's text into the place.</summary>
internal static class ImageDestinations
{
    /// <summary>Reads a destination; paths must be full already. An empty text is the module's own store.</summary>
    /// <exception cref="ImageReferenceInvalidException">The text is no reference, or is pinned by a digest.</exception>
    /// <exception cref="ImageTransportNotSupportedException">The place cannot be written to by this version.</exception>
    internal static IImageDestination Parse(string text)
    {
        ImageReference reference = text.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(text);
        if (!reference.Digest.IsEmpty)
        {
            throw new ImageReferenceInvalidException(text, "a destination cannot be pinned by a digest, which only the image's content decides");
        }

        return reference.Transport switch
        {
            ImageTransport.OciLayout or ImageTransport.OciArchive or ImageTransport.DockerArchive or ImageTransport.Store => throw new NotImplementedException(),
            ImageTransport.Path => throw new ImageReferenceInvalidException(text, "a path alone does not say what to write; put oci:, oci-archive: or docker-archive: before it"),
            _ => throw NotSupported.Transport(reference),
        };
    }
}
