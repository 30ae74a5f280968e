using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Opens the places that keep documents about images.</summary>
internal static class ArtifactStores
{
    /// <summary>Opens the place of an image.</summary>
    /// <param name="reference">The image; a path must be full already.</param>
    /// <param name="paths">Where the store is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="registries">The way to registries; null where none are to be reached.</param>
    /// <exception cref="ImageTransportNotSupportedException">Nothing can be kept beside an image there.</exception>
    internal static async Task<IArtifactStore> OpenAsync(ImageReference reference, BaseImagePaths paths, CancellationToken cancellationToken, Registry.RegistryImages? registries = null)
    {
        if (reference.Transport is ImageTransport.Registry && registries is not null)
        {
            return registries.OpenArtifacts(reference);
        }

        if (reference.Transport is ImageTransport.DockerDaemon)
        {
            throw new ImageTransportNotSupportedException(reference.ToString(), "an engine keeps nothing beside its images", "Name the image in its registry or in a layout, as docker://HOST/NAME@DIGEST or oci:FOLDER.");
        }

        IImageSource source = await ImageSources.OpenAsync(reference, paths, null, cancellationToken).ConfigureAwait(false);
        if (source is LayoutSource layout)
        {
            return new LayoutArtifactStore(layout, paths);
        }

        await using (source.ConfigureAwait(false))
        {
            throw reference.Transport is ImageTransport.Store
                ? new ImageNotFoundException(reference.ToString(), "the store is empty", "Build the image first, or name the place where it lies.")
                : new ImageTransportNotSupportedException(reference.ToString(), "a Docker archive keeps nothing beside its image", "Name the image in a registry or in a layout, as docker://HOST/NAME@DIGEST or oci:FOLDER.");
        }
    }
}
