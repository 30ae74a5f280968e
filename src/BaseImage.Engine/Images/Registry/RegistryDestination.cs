using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// A repository to push to: blobs first, then manifests by digest, the tags last, so that no tag ever leads to an image that is
/// not whole. A tag that leads elsewhere is moved only where that is allowed.
/// </summary>
/// <param name="registries">The way to registries.</param>
/// <param name="reference">The repository, with a tag where it was named with one.</param>
internal sealed class RegistryDestination(RegistryImages registries, ImageReference reference) : IImageDestination
{
    /// <inheritdoc/>
    public ImageReference Reference => reference;

    /// <inheritdoc/>
    public Task CheckAsync(IReadOnlyList<Platform> platforms, CancellationToken cancellationToken)
    {
        _ = RegistryName.Of(reference);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ImageReference> WriteAsync(BuiltImage image, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        using RegistrySession session = registries.Open();
        RegistryPush push = new(session, RegistryName.Of(reference));
        IReadOnlyList<string> names = TagsOf(reference, tags);
        await push.CheckTagsAsync(names, image.Root.Digest, cancellationToken).ConfigureAwait(false);
        await push.BlobsAsync([.. image.Manifests.SelectMany(m => m.Layers).Select(layer => new PushedBlob(layer.Descriptor, layer.OpenAsync)),
            .. image.Manifests.Select(m => PushedBlob.Of(m.Config))], cancellationToken).ConfigureAwait(false);
        foreach (BuiltDocument document in image.Manifests.Select(m => m.Manifest).Concat(image.Index is { } index ? [index] : []).DistinctBy(document => document.Digest))
        {
            await push.Client.PushManifestAsync(document.Digest.ToString(), document.MediaType, document.Bytes, cancellationToken).ConfigureAwait(false);
        }

        await push.TagsAsync(names, image.Root, cancellationToken).ConfigureAwait(false);
        return reference.Pin(image.Root.Digest);
    }

    /// <summary>The tags that are written: the reference's own and those given, else <c>latest</c>.</summary>
    /// <exception cref="ImageReferenceInvalidException">One is no tag.</exception>
    internal static IReadOnlyList<string> TagsOf(ImageReference reference, IReadOnlyList<string> tags)
        => [.. (reference.Tag.Length > 0 ? [reference.Tag] : tags.Count > 0 ? tags : ["latest"]).Select(tag => ImageReference.Parse($"docker://{reference.Name}:{tag}").Tag).Distinct(StringComparer.Ordinal)];
}

/// <summary>A blob to push.</summary>
/// <param name="Descriptor">What leads to it.</param>
/// <param name="OpenAsync">Opens it from its start, any number of times.</param>
internal sealed record PushedBlob(OciDescriptor Descriptor, Func<CancellationToken, ValueTask<Stream>> OpenAsync)
{
    /// <summary>A document as a blob.</summary>
    internal static PushedBlob Of(BuiltDocument document) => new(document.Descriptor, _ => ValueTask.FromResult<Stream>(new MemoryStream(document.Bytes, writable: false)));
}

/// <summary>One push to a repository, and what it moved.</summary>
/// <param name="session">The way to the registry.</param>
/// <param name="name">The repository.</param>
internal sealed class RegistryPush(RegistrySession session, RegistryName name)
{
    private int _copied;
    private int _present;
    private long _bytes;

    /// <summary>The repository.</summary>
    internal RegistryClient Client { get; } = session.Client(name);

    /// <summary>Blobs that were moved.</summary>
    internal int Copied => _copied;

    /// <summary>Blobs that were there, or were taken from another repository.</summary>
    internal int Present => _present;

    /// <summary>Bytes that were moved.</summary>
    internal long Bytes => _bytes;

    /// <summary>Told of the bytes of each blob that is there now.</summary>
    internal Action<long> Arrived { get; init; } = _ => { };

    /// <summary>Looks whether each tag is free, leads there already or may be moved.</summary>
    /// <exception cref="TagImmutableException">One is not.</exception>
    internal async Task CheckTagsAsync(IReadOnlyList<string> tags, Digest digest, CancellationToken cancellationToken)
    {
        foreach (string tag in tags.Where(tag => !session.MayMove(name, tag)))
        {
            if (await Client.TryFindManifestAsync(tag, cancellationToken).ConfigureAwait(false) is { } present && present.Digest != digest)
            {
                throw new TagImmutableException(Client.Describe(tag), present.Digest, digest);
            }
        }
    }

    /// <summary>Brings blobs there that are not there yet, several at once.</summary>
    /// <param name="blobs">The blobs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="from">A repository of the same registry that may have them; null for none.</param>
    internal Task BlobsAsync(IReadOnlyList<PushedBlob> blobs, CancellationToken cancellationToken, string? from = null)
        => BoundedParallel.ForEachAsync([.. blobs.DistinctBy(blob => blob.Descriptor.Digest)], session.Options.Transfers, async (blob, token) =>
        {
            if (await Client.HasBlobAsync(blob.Descriptor, token).ConfigureAwait(false)
                || !await Client.PushBlobAsync(blob.Descriptor, blob.OpenAsync, from, token).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _present);
            }
            else
            {
                Interlocked.Increment(ref _copied);
                Interlocked.Add(ref _bytes, blob.Descriptor.Size);
            }

            Arrived(blob.Descriptor.Size);
        }, cancellationToken);

    /// <summary>Lets tags lead to a manifest or index that is there.</summary>
    internal async Task TagsAsync(IReadOnlyList<string> tags, BuiltDocument root, CancellationToken cancellationToken)
    {
        // Once more, now that it is about to happen: a push takes long enough for others to push.
        await CheckTagsAsync(tags, root.Digest, cancellationToken).ConfigureAwait(false);
        foreach (string tag in tags)
        {
            await Client.PushManifestAsync(tag, root.MediaType, root.Bytes, cancellationToken).ConfigureAwait(false);
        }
    }
}
