namespace BaseImage.Ports;

/// <summary>Who one is at a registry. The secret is in no text that this type makes.</summary>
/// <param name="user">The user's name.</param>
/// <param name="secret">The password or token.</param>
public sealed class RegistryLogin(string user, string secret)
{
    /// <summary>The user's name.</summary>
    public string User { get; } = user;

    /// <summary>The password or token.</summary>
    public string Secret { get; } = secret;

    /// <summary>The user's name alone.</summary>
    public override string ToString() => User;
}

/// <summary>What a command says of the registries that it names.</summary>
public sealed record RegistryAccess
{
    /// <summary>Nothing: Docker's and Podman's files of credentials say who one is.</summary>
    public static RegistryAccess Default { get; } = new();

    /// <summary>Who one is, at every registry that the command names; null for what the files of credentials say.</summary>
    public RegistryLogin? Login { get; init; }

    /// <summary>Tags that may be moved, beside those that the settings name: names with <c>*</c> and <c>?</c>.</summary>
    public IReadOnlyList<string> MovableTags { get; init; } = [];

    /// <summary>Moves whatever tag is in the way.</summary>
    public bool Force { get; init; }
}

/// <summary>Lists what registries have.</summary>
public interface IFindImages
{
    /// <summary>The images that repositories and tags lead to, in ordinal order of repositories, then of tags.</summary>
    /// <param name="request">What is looked for.</param>
    /// <param name="failed">Told of an image that is listed and cannot be read: its reference and why.</param>
    /// <param name="reporter">Told of progress.</param>
    /// <param name="cancellationToken">Stops it.</param>
    IAsyncEnumerable<ContainerImage> FindAsync(FindRequest request, Func<string, Exception, Task> failed, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What is looked for in a registry.</summary>
public sealed record FindRequest
{
    /// <summary><c>docker://HOST/NAME</c>; the name with wildcards (<c>*</c>, <c>?</c>) is looked for in the registry's catalogue.</summary>
    public required string Pattern { get; init; }

    /// <summary>Tags with wildcards; empty for every tag.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Of each repository, the image alone that was made last, by the time that its config states.</summary>
    public bool Latest { get; init; }
}

/// <summary>Pushes images to registries.</summary>
public interface IPublishImage
{
    /// <summary>Pushes an image: its blobs, its manifests by digest, and the tags last.</summary>
    Task<PublishedImage> PublishAsync(PublishRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What is pushed, and where to.</summary>
public sealed record PublishRequest
{
    /// <summary>The image, in skopeo's notation, its path already full.</summary>
    public required string Reference { get; init; }

    /// <summary><c>docker://HOST/NAME[:TAG]</c>.</summary>
    public required string Destination { get; init; }

    /// <summary>Tags to give it, beside that of the destination; with none at all <c>latest</c>.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The one platform to push; null for all that the image has.</summary>
    public Platform? Platform { get; init; }

    /// <summary>True to look whether the tags may be set and to push the image by its digest alone: no tag leads to it.</summary>
    public bool WithoutTags { get; init; }

    /// <summary>What is put beside it before a tag leads to it; null for nothing.</summary>
    public PublishingProof? Proof { get; init; }
}

/// <summary>Copies images from one place to another, byte for byte.</summary>
public interface ICopyImage
{
    /// <summary>Copies an image, and what refers to it.</summary>
    Task<PublishedImage> CopyAsync(CopyRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What is copied, and where to.</summary>
public sealed record CopyRequest
{
    /// <summary>The image, in a registry, a layout, an OCI archive or the store.</summary>
    public required string Reference { get; init; }

    /// <summary>A registry, a layout, an OCI archive or the store.</summary>
    public required string Destination { get; init; }

    /// <summary>Tags to give it where the destination names none; empty for those that it was asked for by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The one platform to copy; null for the whole index.</summary>
    public Platform? Platform { get; init; }

    /// <summary>True to look whether the tags may be set at a registry, and to set none.</summary>
    public bool WithoutTags { get; init; }

    /// <summary>Copies the image without what refers to it.</summary>
    public bool WithoutReferrers { get; init; }

    /// <summary>Who one is at the destination; null for the same as everywhere.</summary>
    public RegistryLogin? DestinationLogin { get; init; }
}
