using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Opens the places that images are read from.</summary>
internal static class ImageSources
{
    /// <summary>Opens what a reference names; paths must be full already. An empty text is the module's own store.</summary>
    /// <exception cref="BaseImageException">It is no reference, or leads nowhere, or to something that is no image.</exception>
    internal static Task<IImageSource> OpenAsync(string text, CancellationToken cancellationToken)
        => OpenAsync(text.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(text), BaseImagePaths.FromEnvironment(), null, cancellationToken);

    /// <summary>Opens what a reference names.</summary>
    /// <param name="reference">What to open.</param>
    /// <param name="paths">Where the store is.</param>
    /// <param name="engine">The way to a container engine; null where none is to be had.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<IImageSource> OpenAsync(ImageReference reference, BaseImagePaths paths, EngineImages? engine, CancellationToken cancellationToken)
    {
        switch (reference.Transport)
        {
            case ImageTransport.OciLayout:
                RequireFolder(reference);
                return new LayoutSource(new LayoutFolder(reference.Path), reference);
            case ImageTransport.OciArchive:
                return new LayoutSource(await OpenArchiveAsync(reference, cancellationToken).ConfigureAwait(false), reference);
            case ImageTransport.DockerArchive:
                return new DockerArchiveSource(await OpenArchiveAsync(reference, cancellationToken).ConfigureAwait(false), reference);
            case ImageTransport.Store:
                return File.Exists(Path.Combine(paths.StoreRoot, "index.json")) ? new LayoutSource(new LayoutFolder(paths.StoreRoot), reference) : new EmptyStore(reference);
            case ImageTransport.Path:
                return await DetectAsync(reference, cancellationToken).ConfigureAwait(false);
            case ImageTransport.DockerDaemon:
                return await (engine ?? throw new EngineNotFoundException([])).OpenAsync(reference, cancellationToken).ConfigureAwait(false);
            default:
                return (engine?.Registries ?? throw NotSupported.Transport(reference)).OpenSource(reference);
        }
    }

    private static async Task<IImageSource> DetectAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        if (Directory.Exists(reference.Path))
        {
            RequireFolder(reference);
            return new LayoutSource(new LayoutFolder(reference.Path), As(reference, ImageReference.Layout));
        }

        ArchiveFile archive = await OpenArchiveAsync(reference, cancellationToken).ConfigureAwait(false);
        return archive.Contains("oci-layout") && archive.Contains("index.json") ? new LayoutSource(archive, As(reference, ImageReference.OciArchive))
            : archive.Contains("manifest.json") ? new DockerArchiveSource(archive, As(reference, ImageReference.DockerArchive))
            : throw new ImageStorageException(reference.Path, "is a tar archive, but neither of an OCI image layout nor from 'docker save'", "Name an archive that holds an image.");
    }

    // A path with a colon cannot stand behind a transport, and so goes on as the path that it is.
    private static ImageReference As(ImageReference reference, Func<string, string, Digest, ImageReference> make)
    {
        try
        {
            return make(reference.Path, "", reference.Digest);
        }
        catch (ImageReferenceInvalidException)
        {
            return reference;
        }
    }

    private static void RequireFolder(ImageReference reference)
    {
        if (!Directory.Exists(reference.Path))
        {
            throw File.Exists(reference.Path)
                ? new ImageStorageException(reference.Path, "is a file where a layout is a folder", "Put oci-archive: or docker-archive: before it, or give the path alone.")
                : new PathNotFoundException(reference.Path, "Check the spelling; a relative path starts with './'.");
        }

        if (!File.Exists(Path.Combine(reference.Path, "oci-layout")))
        {
            throw new ImageStorageException(reference.Path, "is a folder without the file 'oci-layout', and so no OCI image layout", "Name the folder of an image layout.");
        }
    }

    private static Task<ArchiveFile> OpenArchiveAsync(ImageReference reference, CancellationToken cancellationToken)
        => File.Exists(reference.Path) ? ArchiveFile.OpenAsync(reference.Path, cancellationToken)
            : Directory.Exists(reference.Path) ? throw new ImageStorageException(reference.Path, "is a folder where an archive is a file", "Put oci: before it, or give the path alone.")
            : throw new PathNotFoundException(reference.Path, "Check the spelling; a relative path starts with './'.");

    private sealed class EmptyStore(ImageReference reference) : IImageSource
    {
        public ImageReference Reference => reference;

        public Task<IReadOnlyList<SourceImage>> ReadAsync(CancellationToken cancellationToken)
            => reference.Name.Length == 0 ? Task.FromResult<IReadOnlyList<SourceImage>>([])
                : throw new ImageNotFoundException(reference.ToString(), "the store is empty", "Build the image first, or name the place where it lies.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
