namespace BaseImage.Ports;

/// <summary>Builds an image from a definition and its lock.</summary>
public interface IBuildImage
{
    /// <summary>Builds and writes to every destination; the result's reference is pinned and names the first of them.</summary>
    Task<ContainerImage> BuildAsync(BuildRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>Layer compression.</summary>
public enum LayerCompression
{
    /// <summary>gzip, which every client takes.</summary>
    Gzip,

    /// <summary>zstd, which is faster and which older clients refuse.</summary>
    Zstd,
}

/// <summary>What to build, from what, and where to.</summary>
public sealed record BuildRequest
{
    /// <summary>The definition.</summary>
    public required ImageDefinition Definition { get; init; }

    /// <summary>Its lock.</summary>
    public required ImageLock Lock { get; init; }

    /// <summary>Where packages come from.</summary>
    public required ArchiveAccess Access { get; init; }

    /// <summary>Destinations in skopeo's notation, paths already full; empty for the module's own store.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>The platforms to build; empty for all of the lock's.</summary>
    public IReadOnlyList<Platform> Platforms { get; init; } = [];

    /// <summary>The compression.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Replaces the lock's epoch.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    /// <summary>What bases have to be signed by; null for Notation's own trust policy where there is one, and else for nothing.</summary>
    public TrustRequest? Trust { get; init; }

    /// <summary>Workers; 0 for one a processor. Never shapes the result.</summary>
    public int Workers { get; init; }

    /// <summary>Tags to give it where the destination has none; empty for <c>latest</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>Finds images.</summary>
public interface IReadImages
{
    /// <summary>
    /// Every image that a reference names: one for a pinned reference, a tag or an archive; all for a layout without a tag.
    /// </summary>
    /// <param name="reference">In skopeo's notation, paths already full; empty for every image of the store.</param>
    /// <param name="failed">
    /// Told of an image that is among all that a place holds and cannot be read: its reference and why. An image that was
    /// named itself is an exception.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    IAsyncEnumerable<ContainerImage> ReadAsync(string reference, Func<string, Exception, Task> failed, CancellationToken cancellationToken);
}

/// <summary>Lists an image's files.</summary>
public interface IReadImageFiles
{
    /// <summary>The merged file system of each platform (or of the one asked for), in ordinal order of paths.</summary>
    IAsyncEnumerable<ImageFile> ReadAsync(string reference, Platform? platform, CancellationToken cancellationToken);
}

/// <summary>Lists an image's packages.</summary>
public interface IReadImagePackages
{
    /// <summary>The packages of each platform (or of the one asked for), in ordinal order of names.</summary>
    IAsyncEnumerable<ImagePackage> ReadAsync(string reference, Platform? platform, CancellationToken cancellationToken);
}
