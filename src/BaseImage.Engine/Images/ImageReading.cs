using System.Runtime.CompilerServices;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images;

/// <summary>Describes images as they go down the pipeline.</summary>
internal sealed class ImageReading(Func<BaseImagePaths> paths, EngineImages? engine = null) : IReadImages
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ContainerImage> ReadAsync(string reference, Func<string, Exception, Task> failed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImageReference parsed = reference.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(reference);
        await using IImageSource source = await ImageSources.OpenAsync(parsed, paths(), engine, cancellationToken).ConfigureAwait(false);
        foreach (SourceImage image in await source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return Describe(image, source.Reference);
        }

        foreach (ImageFailure failure in source.Failures)
        {
            await failed(failure.Pinned.ToString(), failure.Failure).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The one image that a reference means: where a name without a tag leads to several, the one called <c>latest</c>.
    /// </summary>
    /// <exception cref="ImageAmbiguousException">There are several.</exception>
    /// <exception cref="ImageNotFoundException">There is none.</exception>
    internal static async Task<SourceImage> ReadOneAsync(IImageSource source, CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceImage> images = await source.ReadAsync(cancellationToken).ConfigureAwait(false);

        // The one that cannot be read may be the one that is meant.
        if (source.Failures is [ImageFailure first, ..])
        {
            throw first.Failure;
        }

        if (images.Count == 1)
        {
            return images[0];
        }

        string latest = source.Reference.Name.Length > 0 && source.Reference.Transport is ImageTransport.Store ? StoreNames.RefName(source.Reference.Name, "") : "latest";
        return images.Count == 0 ? throw new ImageNotFoundException(source.Reference.ToString(), "it holds no image", "Name a place that holds one.")
            : images.FirstOrDefault(image => image.Tags.Contains(latest, StringComparer.Ordinal))
                ?? throw new ImageAmbiguousException(source.Reference.ToString(), [.. images.Select(image => image.Tags.Count > 0 ? image.Tags[0] : image.Pinned.ToString())]);
    }

    /// <summary>An image as it goes down the pipeline.</summary>
    internal static ContainerImage Describe(SourceImage image, ImageReference place)
    {
        ImageManifest[] manifests = [.. image.Manifests.Select(Manifest)];
        ImageManifest first = manifests[0];
        bool isDocker = image.Manifests[0].Descriptor is null;
        return new ContainerImage
        {
            Name = image.Name,
            Tags = [.. image.Tags.Select(tag => place.Transport is ImageTransport.Store && tag.StartsWith(image.Name + ":", StringComparison.Ordinal) ? tag[(image.Name.Length + 1)..] : tag)],
            Reference = image.Pinned.ToString(),
            Digest = isDocker ? image.RepositoryDigest : image.Root.Digest,
            ImageId = first.ImageId,
            MediaType = isDocker ? "" : image.Root.MediaType,
            Platforms = [.. manifests.Select(m => m.Platform)],
            Manifests = manifests,
            Size = image.Size ?? image.Manifests.SelectMany(m => m.Layers.Select(l => l.Descriptor).Append(m.ConfigDescriptor))
                .DistinctBy(d => d.Digest.IsEmpty ? (object)d : d.Digest).Sum(d => d.Size),
            Created = first.Created,
            Layers = first.Layers,
            Config = first.Config,
            Source = (place.Transport is ImageTransport.Store ? ImageReference.Store("") : place.HasPath ? place.Pin(default) : place).ToString(),
        };
    }

    private static ImageManifest Manifest(SourceManifest manifest) => new()
    {
        Platform = manifest.Platform,
        Digest = manifest.Descriptor?.Digest ?? default,
        ImageId = manifest.ConfigDescriptor.Digest,
        MediaType = manifest.Descriptor?.MediaType ?? "",
        Size = manifest.ConfigDescriptor.Size + manifest.Layers.Sum(l => l.Descriptor.Size),
        Created = manifest.Config.Created,
        Layers = [.. manifest.Layers.Select(l => new ImageLayer(l.Descriptor.Digest, l.DiffId, l.Descriptor.Size, l.Descriptor.MediaType))],
        Config = manifest.Config.Config,
        History = manifest.Config.History,
        Annotations = manifest.Annotations,
    };
}
