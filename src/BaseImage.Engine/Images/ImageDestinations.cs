using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>Turns a destination's text into the place.</summary>
internal static class ImageDestinations
{
    /// <summary>Reads a destination; paths must be full already. An empty text is the module's own store.</summary>
    /// <exception cref="ImageReferenceInvalidException">The text is no reference, or is pinned by a digest.</exception>
    /// <exception cref="ImageTransportNotSupportedException">The place cannot be written to by this version.</exception>
    internal static IImageDestination Parse(string text) => Parse(text, BaseImagePaths.FromEnvironment(), null);

    /// <summary>Reads a destination.</summary>
    internal static IImageDestination Parse(string text, BaseImagePaths paths, EngineImages? engine = null)
    {
        ImageReference reference = text.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(text);
        if (!reference.Digest.IsEmpty)
        {
            throw new ImageReferenceInvalidException(text, "a destination cannot be pinned by a digest, which only the image's content decides");
        }

        return reference.Transport switch
        {
            ImageTransport.OciLayout => new Destination(reference, async (image, tags, token) =>
            {
                await LayoutWriter.AddAsync(reference.Path, image, [.. Own(tags, ImageReference.Layout, reference)], FolderLock.PathFor(reference.Path, paths), token).ConfigureAwait(false);
                return reference.Pin(image.Root.Digest);
            }),
            ImageTransport.OciArchive => new Destination(reference, async (image, tags, token) =>
            {
                await ArchiveWriting.WriteOciAsync(reference.Path, image, [.. Own(tags, ImageReference.OciArchive, reference)], token).ConfigureAwait(false);
                return reference.Pin(image.Root.Digest);
            }),
            ImageTransport.DockerArchive => new Destination(reference, async (image, tags, token) =>
            {
                await ArchiveWriting.WriteDockerAsync(reference.Path, image, DockerNames(reference, image, tags), token).ConfigureAwait(false);
                return reference.Pin(image.Manifests[0].Config.Digest);
            }),
            ImageTransport.Store => new Destination(reference, async (image, tags, token) =>
            {
                string name = reference.Name.Length > 0 ? reference.Name : ImageReference.Parse("store:" + image.Name).Name;
                string[] names = [.. (reference.Tag.Length > 0 ? [reference.Tag] : tags.Count > 0 ? tags : ["latest"])
                    .Select(tag => ImageReference.Parse($"store:{name}:{tag}")).Select(r => StoreNames.RefName(r.Name, r.Tag)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
                await LayoutWriter.AddAsync(paths.StoreRoot, image, names, Path.Combine(paths.StoreRoot, StoreNames.LockFile), token).ConfigureAwait(false);
                return ImageReference.Store(name, "", image.Root.Digest);
            }),
            ImageTransport.DockerDaemon => (engine ?? throw new EngineNotFoundException([])).Destination(reference),
            ImageTransport.Path => throw new ImageReferenceInvalidException(text, "a path alone does not say what to write; put oci:, oci-archive: or docker-archive: before it"),
            _ => (engine?.Registries ?? throw NotSupported.Transport(reference)).Destination(reference),
        };
    }

    private static IEnumerable<string> Own(IReadOnlyList<string> tags, Func<string, string, Digest, ImageReference> check, ImageReference reference)
        => reference.Tag.Length > 0 ? [reference.Tag]
            : tags.Select(tag => check(reference.Path, tag, default).Tag).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    // Engines take NAME:TAG and nothing else.
    internal static string[] DockerNames(ImageReference reference, BuiltImage image, IReadOnlyList<string> tags)
    {
        IEnumerable<string> names = reference.HasPath && reference.Tag.Length > 0 ? [reference.Tag]
            : reference.Tag.Length > 0 ? [$"{reference.Name}:{reference.Tag}"]
            : (tags.Count > 0 ? tags : ["latest"]).Select(tag => $"{(reference.Name.Length > 0 ? reference.Name : image.Name)}:{tag}");
        return [.. names.Select(name => ImageReference.Parse("docker-daemon:" + name)).Select(r => $"{r.Name}:{(r.Tag.Length == 0 ? "latest" : r.Tag)}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private sealed class Destination(ImageReference reference, Func<BuiltImage, IReadOnlyList<string>, CancellationToken, Task<ImageReference>> write) : IImageDestination
    {
        public ImageReference Reference => reference;

        public Task<ImageReference> WriteAsync(BuiltImage image, IReadOnlyList<string> tags, CancellationToken cancellationToken) => write(image, tags, cancellationToken);
    }
}
