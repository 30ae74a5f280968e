namespace BaseImage.Engine.Images;

/// <summary>A place whose blobs can be read as streams, whatever they are of.</summary>
internal interface IOpenBlobs
{
    /// <summary>Opens a blob from its start, to be read asynchronously; reading to its end checks size and digest.</summary>
    /// <exception cref="Errors.ImageBlobMissingException">There is none.</exception>
    ValueTask<Stream> OpenBlobAsync(OciDescriptor descriptor, CancellationToken cancellationToken);
}
