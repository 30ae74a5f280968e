namespace BaseImage.Engine.Images;

/// <summary>The files of an image layout or an archive, wherever they lie.</summary>
internal interface ILayoutFiles : IAsyncDisposable
{
    /// <summary>What to call a file in errors: its full path, or the archive and the member.</summary>
    string Describe(string name);

    /// <summary>Opens a file by its path under the layout's root, with '/'; null when there is none.</summary>
    ValueTask<LayoutFile?> TryOpenAsync(string name, CancellationToken cancellationToken);
}

/// <summary>An open file and its length.</summary>
internal sealed record LayoutFile(Stream Content, long Length);

/// <summary>Reads whole documents.</summary>
internal static class LayoutFileReading
{
    /// <summary>Reads a file of at most <paramref name="limit"/> bytes; null when there is none.</summary>
    internal static async Task<byte[]?> TryReadAsync(this ILayoutFiles files, string name, int limit, CancellationToken cancellationToken)
    {
        if (await files.TryOpenAsync(name, cancellationToken).ConfigureAwait(false) is not { } file)
        {
            return null;
        }

        await using Stream content = file.Content;
        return await ReadAsync(content, files.Describe(name), file.Length, limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a blob whole, checked against its descriptor.</summary>
    internal static async Task<byte[]> ReadBlobAsync(this ILayoutFiles files, OciDescriptor descriptor, string wantedBy, int limit, CancellationToken cancellationToken)
    {
        if (descriptor.Size > limit)
        {
            throw new Errors.ImageLimitExceededException(files.Describe(BlobName(descriptor.Digest)), $"{wantedBy} gives it {descriptor.Size} bytes; at most {limit} are read");
        }

        await using Stream content = await files.OpenBlobAsync(descriptor, wantedBy, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(content, files.Describe(BlobName(descriptor.Digest)), descriptor.Size, limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a blob; reading to its end checks size and digest.</summary>
    internal static async ValueTask<Stream> OpenBlobAsync(this ILayoutFiles files, OciDescriptor descriptor, string wantedBy, CancellationToken cancellationToken)
    {
        string name = BlobName(descriptor.Digest);
        LayoutFile file = await files.TryOpenAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new Errors.ImageBlobMissingException(files.Describe(name), wantedBy);
        if (file.Length != descriptor.Size)
        {
            await file.Content.DisposeAsync().ConfigureAwait(false);
            throw new Errors.ImageBlobCorruptException(files.Describe(name), $"it has {file.Length} bytes where {wantedBy} promises {descriptor.Size}");
        }

        return new VerifiedStream(file.Content, files.Describe(name), descriptor.Digest, descriptor.Size);
    }

    /// <summary>Where a layout keeps a blob. Source: OCI Image Specification 1.1, image-layout.md, "Blobs".</summary>
    internal static string BlobName(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    private static async Task<byte[]> ReadAsync(Stream content, string document, long length, int limit, CancellationToken cancellationToken)
    {
        if (length > limit)
        {
            throw new Errors.ImageLimitExceededException(document, $"it has {length} bytes; at most {limit} are read");
        }

        // One byte more than promised, so that the end is met and with it the check of the digest.
        byte[] buffer = new byte[length + 1];
        int read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read == length ? buffer[..read] : throw new Errors.ImageBlobCorruptException(document, $"it changed its size from {length} bytes while it was read");
    }
}
