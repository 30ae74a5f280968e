using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// Pushes images to registries. What has a manifest is copied byte for byte with what refers to it; an engine's image, which has
/// none, gets one: its config as it is, its layers compressed by our own codec, so that the same image is pushed to the same digest.
/// </summary>
/// <param name="paths">Where the store is.</param>
/// <param name="places">The way to registries and to the engine.</param>
/// <param name="copier">Copies.</param>
internal sealed class ImagePublisher(Func<BaseImagePaths> paths, EngineImages places, ICopyImage copier) : IPublishImage
{
    /// <inheritdoc/>
    public async Task<PublishedImage> PublishAsync(PublishRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        ImageReference to = ImageReference.Parse(request.Destination);
        if (to.Transport is not ImageTransport.Registry)
        {
            throw new ImageReferenceInvalidException(request.Destination, "images are published to registries: docker://HOST/NAME[:TAG]; Copy-BaseImage copies to other places");
        }

        string[] tags = [.. new[] { to.Tag }.Where(tag => tag.Length > 0).Concat(request.Tags).DefaultIfEmpty("latest").Distinct(StringComparer.Ordinal)];
        to = to.WithTag("");
        IImageSource source = await ImageSources.OpenAsync(ImageReference.Parse(request.Reference), paths(), places, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            SourceImage image = await ImageReading.ReadOneAsync(source, cancellationToken).ConfigureAwait(false);
            if (image.Manifests[0].Descriptor is not null)
            {
                return await copier.CopyAsync(new CopyRequest { Reference = image.Pinned.ToString(), Destination = to.ToString(), Tags = tags, WithoutTags = request.WithoutTags, Platform = request.Platform }, reporter, cancellationToken).ConfigureAwait(false);
            }

            image = image.CompleteAsync is null ? image : await image.CompleteAsync(cancellationToken).ConfigureAwait(false);
            SourceManifest manifest = image.Select(request.Platform)[0];
            BuiltManifest built = await PackAsync(manifest, reporter, cancellationToken).ConfigureAwait(false);
            using RegistrySession session = (places.Registries ?? throw new InvalidOperationException("No way to registries was given.")).Open();
            RegistryPush push = new(session, RegistryName.Of(to));
            await push.CheckTagsAsync(tags, built.Manifest.Digest, cancellationToken).ConfigureAwait(false);
            await push.BlobsAsync([.. built.Layers.Select(layer => new PushedBlob(layer.Descriptor, layer.OpenAsync)), PushedBlob.Of(built.Config)], cancellationToken).ConfigureAwait(false);
            await push.Client.PushManifestAsync(built.Manifest.Digest.ToString(), built.Manifest.MediaType, built.Manifest.Bytes, cancellationToken).ConfigureAwait(false);
            await push.TagsAsync(request.WithoutTags ? [] : tags, built.Manifest, cancellationToken).ConfigureAwait(false);
            return new PublishedImage
            {
                Reference = to.Pin(built.Manifest.Digest).ToString(),
                Digest = built.Manifest.Digest,
                Source = image.Pinned.ToString(),
                Tags = request.WithoutTags ? [] : tags,
                Platforms = [manifest.Platform],
                BlobsCopied = push.Copied,
                BlobsPresent = push.Present,
                BytesCopied = push.Bytes,
            };
        }
    }

    private async Task<BuiltManifest> PackAsync(SourceManifest manifest, IReporter reporter, CancellationToken cancellationToken)
    {
        List<BuiltLayer> layers = [];
        foreach (SourceLayer layer in manifest.Layers)
        {
            reporter.Progress(new ProgressUpdate("Compressing layers", layer.DiffId.ToString(), layers.Count, manifest.Layers.Count));
            layers.Add(await PackAsync(layer, cancellationToken).ConfigureAwait(false));
        }

        reporter.Progress(new ProgressUpdate("Compressing layers", "", 0, 0, Completed: true));
        BuiltDocument config = new(MediaTypes.OciConfig, manifest.ConfigBytes.ToArray());
        return new BuiltManifest { Platform = manifest.Platform, Config = config, Layers = layers, Manifest = OciDocuments.Manifest(config.Descriptor, layers.Select(layer => layer.Descriptor)) };
    }

    private async Task<BuiltLayer> PackAsync(SourceLayer layer, CancellationToken cancellationToken)
    {
        ContentCache cache = places.Cache;
        Stream tar = await layer.OpenTarAsync(cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
        {
            CacheWriter writer = cache.CreateWriter();
            await using (writer.ConfigureAwait(false))
            {
                await Task.Run(() =>
                {
                    using CompressorStream compressor = Codec.Gzip.Compress(writer, BoundedParallel.Workers(0));
                    byte[] buffer = new byte[1 << 17];
                    for (int count; (count = tar.Read(buffer)) > 0;)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        compressor.Write(buffer, 0, count);
                    }
                }, cancellationToken).ConfigureAwait(false);
                long size = writer.Length;
                Digest digest = await writer.CommitAsync(null, layer.DiffId.ToString(), cancellationToken).ConfigureAwait(false);
                await cache.DescribeAsync(digest, RegistrySource.CacheKind, layer.DiffId.ToString(), cancellationToken).ConfigureAwait(false);
                return new BuiltLayer(new OciDescriptor(MediaTypes.OciLayerGzip, digest, size), layer.DiffId, async token => await cache.TryOpenAsync(digest, token).ConfigureAwait(false)
                    ?? throw new PathNotWritableException(cache.BlobPath(digest), new IOException("what was written cannot be read back")));
            }
        }
    }
}
