namespace BaseImage.Errors;

/// <summary>A text does not name an image.</summary>
public sealed class ImageReferenceInvalidException(string reference, string problem)
    : BaseImageException($"'{reference}' does not name an image: {problem}.", reference, "Name images as skopeo does: oci:folder[:ref], oci-archive:file, docker-archive:file, store:name[:tag], docker://registry/name, docker-daemon:name:tag, or a path that starts with './' or a root.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageReferenceInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A reference names a place that this version does not read or write.</summary>
public sealed class ImageTransportNotSupportedException(string reference, string what, string recommendedAction)
    : BaseImageException($"'{reference}': {what}.", reference, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageTransportNotSupported";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}

/// <summary>The layout, archive or store has no such image, or the image has no such platform.</summary>
public sealed class ImageNotFoundException(string reference, string problem, string recommendedAction)
    : BaseImageException($"'{reference}': {problem}.", reference, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A reference leads to several images where one is needed.</summary>
public sealed class ImageAmbiguousException(string reference, IReadOnlyList<string> candidates)
    : BaseImageException($"'{reference}' holds {candidates.Count} images and names none of them.", reference, $"Name one: {string.Join(", ", candidates.Take(8))}{(candidates.Count > 8 ? ", …" : "")}.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageAmbiguous";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;

    /// <summary>What could be meant.</summary>
    public IReadOnlyList<string> Candidates { get; } = candidates;
}

/// <summary>What a reference leads to is no image, but something else that registries and layouts keep: a chart, a signature, an SBOM, an index of none.</summary>
public sealed class ImageIsArtifactException(string document)
    : BaseImageException($"{document}: it is no image that can be read, but an artifact or an empty index.", document, "Name an image; Copy-BaseImage copies artifacts too.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageIsArtifact";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>An index, manifest, config or layout file is not what its specification says.</summary>
public sealed class ImageDocumentInvalidException(string document, string problem, Exception? inner = null)
    : BaseImageException($"{document}: {problem}.", document, "Fetch or build the image again; the document is damaged or was made by a tool that does not follow the OCI Image Specification.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageDocumentInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;
}

/// <summary>A blob's bytes are not those that its descriptor promises.</summary>
public sealed class ImageBlobCorruptException(string blob, string problem, Exception? inner = null)
    : BaseImageException($"{blob}: {problem}.", blob, "Fetch or build the image again; its content was damaged or exchanged.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageBlobCorrupt";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A blob that a manifest names is not there.</summary>
public sealed class ImageBlobMissingException(string blob, string wantedBy)
    : BaseImageException($"{blob} is missing; {wantedBy} needs it.", blob, "Copy the image again with all of its blobs.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageBlobMissing";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>An image exceeds a size, depth or count that is safe to read.</summary>
public sealed class ImageLimitExceededException(string document, string problem)
    : BaseImageException($"{document}: {problem}.", document, "Do not trust this image; no honest tool makes one like it.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageLimitExceeded";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.LimitExceeded;
}

/// <summary>A folder or file that is meant to hold an image holds something else, or cannot be read or written.</summary>
public sealed class ImageStorageException(string path, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"'{path}' {problem}.", path, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "ImageStorage";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>An image's packages are kept by a package manager whose database is not read: an empty list would be a lie.</summary>
public sealed class PackageDatabaseNotSupportedException(string image, string manager)
    : BaseImageException($"'{image}' keeps its packages with {manager}, whose database this version does not read.", image, "List its files instead; packages are read of images made of Debian packages.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageDatabaseNotSupported";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}
