namespace BaseImage.Engine.Images;

/// <summary>A place that images are read from, opened. Dispose of it after the images that it gave.</summary>
internal interface IImageSource : IAsyncDisposable
{
    /// <summary>What was opened; a path has become the transport that its content shows.</summary>
    ImageReference Reference { get; }

    /// <summary>The images that the reference names, in the order in which the place lists them.</summary>
    /// <remarks>
    /// Where everything that a place holds is asked for, an image that cannot be read is one of <see cref="Failures"/>, and
    /// the others are given. What was named itself has to be readable.
    /// </remarks>
    Task<IReadOnlyList<SourceImage>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The images that could not be read, of those that the last reading came upon.</summary>
    IReadOnlyList<ImageFailure> Failures => [];
}

/// <summary>An image that a place lists and that cannot be read.</summary>
/// <param name="Pinned">The reference that pins it.</param>
/// <param name="Failure">Why.</param>
internal sealed record ImageFailure(ImageReference Pinned, Errors.BaseImageException Failure);

/// <summary>An image that was found: all its documents read and checked, its layers not yet.</summary>
internal sealed record SourceImage
{
    /// <summary>What a person calls it: the reference name, the annotation, or the folder's or file's name.</summary>
    internal required string Name { get; init; }

    /// <summary>Every name that leads to it where it lives.</summary>
    internal IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The reference that pins it.</summary>
    internal required ImageReference Pinned { get; init; }

    /// <summary>The descriptor of the index or manifest; of the config in a Docker archive, which has no manifest of its own.</summary>
    internal required OciDescriptor Root { get; init; }

    /// <summary>The digest that a registry knows it by, where the place has no manifest but remembers; empty for none.</summary>
    internal Digest RepositoryDigest { get; init; }

    /// <summary>Its bytes where the place counts them itself; null for the sum of its blobs.</summary>
    internal long? Size { get; init; }

    /// <summary>
    /// Reads the image whole, where what is here was told by an engine and not read from the image: the same image with
    /// documents that were checked against its id, and layers. Null where it is whole already.
    /// </summary>
    internal Func<CancellationToken, Task<SourceImage>>? CompleteAsync { get; init; }

    /// <summary>True where what was told is known to leave parts of the config out.</summary>
    internal bool IsPartial { get; init; }

    /// <summary>One manifest a platform; attestations and signatures are not among them.</summary>
    internal required IReadOnlyList<SourceManifest> Manifests { get; init; }

    /// <summary>The manifest of a platform, or the only one when null.</summary>
    /// <exception cref="Errors.ImageNotFoundException">There is none for the platform.</exception>
    internal IReadOnlyList<SourceManifest> Select(Platform? platform)
    {
        if (platform is null)
        {
            return Manifests;
        }

        SourceManifest[] matching = [.. Manifests.Where(m => m.Platform == platform)];
        return matching.Length > 0 ? matching : throw new Errors.ImageNotFoundException(
            Pinned.ToString(), $"the image has no platform {platform}", $"Choose one of: {string.Join(", ", Manifests.Select(m => m.Platform))}.");
    }
}

/// <summary>One platform of an image that was found.</summary>
internal sealed record SourceManifest
{
    /// <summary>The platform.</summary>
    internal required Platform Platform { get; init; }

    /// <summary>The manifest's descriptor; null in a Docker archive.</summary>
    internal OciDescriptor? Descriptor { get; init; }

    /// <summary>The manifest's bytes; empty in a Docker archive.</summary>
    internal ReadOnlyMemory<byte> ManifestBytes { get; init; }

    /// <summary>The manifest's annotations.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The config's descriptor.</summary>
    internal required OciDescriptor ConfigDescriptor { get; init; }

    /// <summary>The config's bytes.</summary>
    internal required ReadOnlyMemory<byte> ConfigBytes { get; init; }

    /// <summary>The config.</summary>
    internal required OciConfig Config { get; init; }

    /// <summary>The layers, lowest first.</summary>
    internal required IReadOnlyList<SourceLayer> Layers { get; init; }
}

/// <summary>A layer that was found.</summary>
/// <param name="Descriptor">Of the blob as stored; in a Docker archive of the tar inside.</param>
/// <param name="DiffId">Of the tar inside.</param>
/// <param name="OpenBlobAsync">Opens the blob as stored; reading to its end fails unless size and digest are right.</param>
/// <param name="OpenTarAsync">Opens the tar inside; reading to its end fails unless the blob's digest and the diffID are right.</param>
internal sealed record SourceLayer(
    OciDescriptor Descriptor,
    Digest DiffId,
    Func<CancellationToken, ValueTask<Stream>> OpenBlobAsync,
    Func<CancellationToken, ValueTask<Stream>> OpenTarAsync);
