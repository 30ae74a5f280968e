using System.Globalization;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// The image that a registry's reference names: by digest, by tag, else by the tag <c>latest</c>. What mirrors have comes from them.
/// Layers that are looked into come into the cache, from which they are read again; a download that was cut off there goes on.
/// </summary>
/// <param name="session">The way to the registry; disposed of with this.</param>
/// <param name="reference">What was asked for.</param>
/// <param name="cache">Where layers are kept.</param>
internal sealed class RegistrySource(RegistrySession session, ImageReference reference, Func<ContentCache> cache) : IImageSource
{
    /// <summary>What the cache calls a layer of a registry.</summary>
    internal const string CacheKind = "layer";

    /// <inheritdoc/>
    public ImageReference Reference => reference;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SourceImage>> ReadAsync(CancellationToken cancellationToken)
    {
        RegistryName name = RegistryName.Of(reference);
        string tag = reference.Tag.Length > 0 ? reference.Tag : "latest";
        RegistryReader reader = new(session.Readers(name));
        RegistryDocument root = await reader.TryReadManifestAsync(reference.Digest.IsEmpty ? tag : reference.Digest.ToString(), cancellationToken).ConfigureAwait(false)
            ?? throw new ImageNotFoundException(reference.ToString(), "the registry has no such image", "Check the name and the tag; Find-BaseImage lists what there is.");
        (IReadOnlyList<SourceManifest> manifests, _) = await new ImageAssembly(new Content(reader, root, cache), reference.ToString()).ReadAsync(root.Descriptor, cancellationToken).ConfigureAwait(false);
        return manifests.Count == 0 ? throw new ImageIsArtifactException(reader.Describe(root.Descriptor.Digest))
            : [new SourceImage
            {
                Name = reference.Name,
                Tags = reference.Digest.IsEmpty ? [tag] : reference.Tag.Length > 0 ? [reference.Tag] : [],
                Pinned = reference.Pin(root.Descriptor.Digest),
                Root = root.Descriptor,
                Manifests = manifests,
            }];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Content(RegistryReader reader, RegistryDocument root, Func<ContentCache> cache) : IImageContent
    {
        public string Describe(Digest digest) => reader.Describe(digest);

        public async Task<byte[]> ReadAsync(OciDescriptor descriptor, string wantedBy, int limit, CancellationToken cancellationToken)
            => descriptor.Digest == root.Descriptor.Digest ? root.Bytes : await reader.ReadAsync(descriptor, wantedBy, limit, cancellationToken).ConfigureAwait(false);

        // What looks into layers reads without waiting in turn, which a connection cannot be read like.
        public async ValueTask<Stream> OpenBlobAsync(OciDescriptor descriptor, string wantedBy, CancellationToken cancellationToken)
        {
            if (descriptor.Digest.Algorithm != "sha256")
            {
                return await TemporaryAsync(descriptor, wantedBy, cancellationToken).ConfigureAwait(false);
            }

            Stream? kept = await cache().TryOpenAsync(descriptor.Digest, cancellationToken).ConfigureAwait(false);
            if (kept is null)
            {
                await FetchAsync(descriptor, wantedBy, cancellationToken).ConfigureAwait(false);
                kept = await cache().TryOpenAsync(descriptor.Digest, cancellationToken).ConfigureAwait(false)
                    ?? throw new PathNotWritableException(cache().BlobPath(descriptor.Digest), new IOException("what was written cannot be read back"));
            }

            return new VerifiedStream(kept, Describe(descriptor.Digest), descriptor.Digest, descriptor.Size);
        }

        private async Task FetchAsync(OciDescriptor descriptor, string wantedBy, CancellationToken cancellationToken)
        {
            for (int round = 0; ; round++)
            {
                PartialBlob partial = cache().OpenPartial(descriptor.Digest);
                await using (partial.ConfigureAwait(false))
                {
                    if (partial.Content.Length > descriptor.Size || round > 0)
                    {
                        partial.Restart();
                    }

                    bool resumed = partial.Content.Length > 0;
                    partial.Content.Position = partial.Content.Length;
                    if (partial.Content.Length < descriptor.Size)
                    {
                        Stream rest = await reader.OpenBlobAsync(descriptor, partial.Content.Length, wantedBy, cancellationToken).ConfigureAwait(false);
                        await using (rest.ConfigureAwait(false))
                        {
                            await CopyAsync(rest, partial.Content, descriptor, cancellationToken).ConfigureAwait(false);
                        }
                    }

                    try
                    {
                        await partial.CommitAsync(Describe(descriptor.Digest), cancellationToken).ConfigureAwait(false);
                        await cache().DescribeAsync(descriptor.Digest, CacheKind, Describe(descriptor.Digest), cancellationToken).ConfigureAwait(false);
                        return;
                    }
                    catch (DigestMismatchException) when (resumed && round == 0)
                    {
                        // What was there before may be to blame and not the registry: the whole is fetched once more.
                    }
                    catch (DigestMismatchException e)
                    {
                        throw new ImageBlobCorruptException(Describe(descriptor.Digest), $"its digest is {e.Actual} where {e.Expected} is promised");
                    }
                }
            }
        }

        private async Task CopyAsync(Stream rest, DiskFile target, OciDescriptor descriptor, CancellationToken cancellationToken)
        {
            byte[] buffer = new byte[1 << 17];
            for (int count; (count = await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if (target.Length + count > descriptor.Size)
                {
                    target.SetLength(0);
                    throw new ImageBlobCorruptException(Describe(descriptor.Digest), string.Create(CultureInfo.InvariantCulture, $"it has more than the {descriptor.Size} bytes that its descriptor promises"));
                }

                await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }

        private async Task<Stream> TemporaryAsync(OciDescriptor descriptor, string wantedBy, CancellationToken cancellationToken)
        {
            FileStream file = new(cache().NewTemporaryPath(), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
            try
            {
                Stream blob = await reader.OpenBlobAsync(descriptor, 0, wantedBy, cancellationToken).ConfigureAwait(false);
                await using (blob.ConfigureAwait(false))
                {
                    VerifiedStream verified = new(blob, Describe(descriptor.Digest), descriptor.Digest, descriptor.Size);
                    await using (verified.ConfigureAwait(false))
                    {
                        await verified.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                    }
                }

                file.Position = 0;
                return file;
            }
            catch
            {
                await file.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }
}
