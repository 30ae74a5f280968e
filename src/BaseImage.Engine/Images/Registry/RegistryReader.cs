using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// A repository and its mirrors, read as one: what a mirror lacks, or cannot give, comes from the next, and what the registry itself
/// says last is what counts. A mirror cannot change what is pinned, since every byte is checked.
/// </summary>
/// <param name="clients">The mirrors, and the registry itself last.</param>
internal sealed class RegistryReader(IReadOnlyList<RegistryClient> clients)
{
    /// <summary>The repository of the registry itself.</summary>
    internal RegistryClient Home => clients[^1];

    /// <summary>How errors call something of the repository.</summary>
    internal string Describe(Digest digest) => Home.Describe(digest.ToString());

    /// <summary>Reads a manifest or index; null where there is none.</summary>
    internal Task<RegistryDocument?> TryReadManifestAsync(string reference, CancellationToken cancellationToken)
        => FirstAsync(client => client.TryReadManifestAsync(reference, cancellationToken));

    /// <summary>Reads a manifest, an index or a small blob, checked.</summary>
    /// <exception cref="ImageBlobMissingException">There is none.</exception>
    internal async Task<byte[]> ReadAsync(OciDescriptor descriptor, string wantedBy, int limit, CancellationToken cancellationToken)
    {
        if (descriptor.Size > limit)
        {
            throw new ImageLimitExceededException(Describe(descriptor.Digest), $"{wantedBy} gives it {descriptor.Size} bytes; at most {limit} are read");
        }

        byte[]? bytes = MediaTypes.IsIndex(descriptor.MediaType) || MediaTypes.IsManifest(descriptor.MediaType)
            ? (await TryReadManifestAsync(descriptor.Digest.ToString(), cancellationToken).ConfigureAwait(false))?.Bytes
            : await FirstAsync(client => client.TryReadBlobAsync(descriptor, wantedBy, limit, cancellationToken)).ConfigureAwait(false);
        return bytes is null ? throw new ImageBlobMissingException(Describe(descriptor.Digest), wantedBy)
            : bytes.Length == descriptor.Size ? bytes
            : throw new ImageBlobCorruptException(Describe(descriptor.Digest), $"it has {bytes.Length} bytes where {wantedBy} promises {descriptor.Size}");
    }

    /// <summary>Opens a blob, or the rest of it, unchecked but for its count.</summary>
    /// <exception cref="ImageBlobMissingException">There is none.</exception>
    internal async Task<Stream> OpenBlobAsync(OciDescriptor descriptor, long from, string wantedBy, CancellationToken cancellationToken)
        => await FirstAsync(client => client.TryOpenBlobAsync(descriptor, from, cancellationToken)).ConfigureAwait(false)
            ?? throw new ImageBlobMissingException(Describe(descriptor.Digest), wantedBy);

    private async Task<T?> FirstAsync<T>(Func<RegistryClient, Task<T?>> ask)
        where T : class
    {
        foreach (RegistryClient mirror in clients.Take(clients.Count - 1))
        {
            try
            {
                if (await ask(mirror).ConfigureAwait(false) is { } found)
                {
                    return found;
                }
            }
            catch (BaseImageException)
            {
                // The next may do better; if none does, the registry's own word is the error.
            }
        }

        return await ask(Home).ConfigureAwait(false);
    }
}
