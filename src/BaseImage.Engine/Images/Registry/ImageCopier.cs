using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// Copies images between registries, layouts, archives and the store, with what refers to them. No byte is written again, so that
/// digests and with them signatures stay; what is there already is not moved.
/// </summary>
/// <param name="paths">Where the store is.</param>
/// <param name="places">The way to registries, and to an engine.</param>
internal sealed class ImageCopier(Func<BaseImagePaths> paths, EngineImages places) : ICopyImage
{
    private const string Activity = "Copying";

    private RegistryImages Registries => places.Registries ?? throw new InvalidOperationException("No way to registries was given.");

    /// <inheritdoc/>
    public async Task<PublishedImage> CopyAsync(CopyRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        ImageReference from = ImageReference.Parse(request.Reference), to = ImageReference.Parse(request.Destination);
        if (!to.Digest.IsEmpty)
        {
            throw new ImageReferenceInvalidException(request.Destination, "a destination cannot be pinned by a digest, which only the image's content decides");
        }

        if (to.Transport is ImageTransport.DockerDaemon or ImageTransport.DockerArchive || from.Transport is ImageTransport.DockerDaemon or ImageTransport.DockerArchive)
        {
            throw new ImageTransportNotSupportedException((to.Transport is ImageTransport.DockerDaemon or ImageTransport.DockerArchive ? to : from).ToString(), "an engine and its archives keep no image byte for byte",
                "Copy between registries, layouts and OCI archives; Publish-BaseImage pushes an engine's image.");
        }

        IArtifactStore source = await ArtifactStores.OpenAsync(from, paths(), cancellationToken, Registries).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            CopyPlan plan = await CopyPlan.MakeAsync(source, request.Platform, !request.WithoutReferrers, cancellationToken).ConfigureAwait(false);
            if (source is RegistryArtifactStore { PassedOver: { Count: > 0 } left })
            {
                reporter.Warning($"{from}: what is listed as referring to it and cannot be read stays behind: {string.Join("; ", left.Take(3))}{(left.Count > 3 ? $"; and {left.Count - 3} more" : "")}.");
            }

            Transfer transfer = new(source, plan, reporter);
            try
            {
                return to.Transport is ImageTransport.Registry
                    ? await PushAsync(transfer, from, to, Tags(request, from), request, cancellationToken).ConfigureAwait(false)
                    : await SaveAsync(transfer, from, to, Tags(request, from), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                reporter.Progress(new ProgressUpdate(Activity, "", 0, 0, Completed: true));
            }
        }
    }

    private static string[] Tags(CopyRequest request, ImageReference from)
        => request.Tags.Count > 0 ? [.. request.Tags] : from.Tag.Length > 0 && from.Transport is ImageTransport.Registry or ImageTransport.Store ? [from.Tag] : [];

    private async Task<PublishedImage> PushAsync(Transfer transfer, ImageReference from, ImageReference to, string[] tags, CopyRequest request, CancellationToken cancellationToken)
    {
        using RegistrySession session = (request.DestinationLogin is { } login ? Registries.As(login) : Registries).Open();
        RegistryName name = RegistryName.Of(to), origin = from.Transport is ImageTransport.Registry ? RegistryName.Of(from) : name;
        RegistryPush push = new(session, name) { Arrived = transfer.Arrived };
        CopyPlan plan = transfer.Plan;
        string[] names = to.Tag.Length == 0 && tags.Length == 0 ? [] : [.. RegistryDestination.TagsOf(to, tags)];
        await push.CheckTagsAsync(names, plan.Root.Digest, cancellationToken).ConfigureAwait(false);
        await push.BlobsAsync([.. transfer.Blobs()], cancellationToken, origin.Host == name.Host && origin != name ? origin.Repository : null).ConfigureAwait(false);

        Dictionary<Digest, Digest> listed = [];
        foreach (BuiltDocument document in plan.Documents)
        {
            listed[document.Digest] = await push.Client.PushManifestAsync(document.Digest.ToString(), document.MediaType, document.Bytes, cancellationToken).ConfigureAwait(false);
        }

        RegistryArtifactStore beside = new(session, to);
        foreach ((OciDescriptor referrer, Digest subject) in plan.About.Where(pair => listed[pair.Listed.Digest] != pair.Subject))
        {
            await beside.ListAsync(subject, referrer, cancellationToken).ConfigureAwait(false);
        }

        Dictionary<Digest, BuiltDocument> documents = plan.Documents.ToDictionary(document => document.Digest);
        foreach ((OciDescriptor document, string tag) in plan.Tagged)
        {
            await push.Client.PushManifestAsync(tag, document.MediaType, documents[document.Digest].Bytes, cancellationToken).ConfigureAwait(false);
        }

        names = request.WithoutTags ? [] : names;
        await push.TagsAsync(names, documents[plan.Root.Digest], cancellationToken).ConfigureAwait(false);
        return transfer.Result(to.Pin(plan.Root.Digest), from, names, push.Copied, push.Present, push.Bytes);
    }

    private async Task<PublishedImage> SaveAsync(Transfer transfer, ImageReference from, ImageReference to, string[] tags, CancellationToken cancellationToken)
    {
        BaseImagePaths where = paths();
        CopyPlan plan = transfer.Plan;
        string repository = to.Transport is not ImageTransport.Store ? "" : to.Name.Length > 0 ? to.Name : from.Name[(from.Name.LastIndexOf('/') + 1)..];
        string[] names = to.Tag.Length > 0 ? [to.Tag] : tags;
        string NameOf(string tag) => repository.Length == 0 ? tag : StoreNames.RefName(repository, tag);
        OciDescriptor root = plan.Root with { Platform = plan.Platforms.Count == 1 && !MediaTypes.IsIndex(plan.Root.MediaType) ? plan.Platforms[0] : null };
        LayoutAddition addition = new(
            [.. plan.Documents.Select(document => (document.Descriptor, PushedBlob.Of(document).OpenAsync)), .. transfer.Blobs().Select(blob => (blob.Descriptor, blob.OpenAsync))],
            [
                .. (names.Length == 0 && repository.Length == 0 ? [""] : names.Length == 0 ? [NameOf("")] : names.Select(NameOf)).Select(name => (root, name)),
                .. plan.Referrers.Select(pair => (new OciDescriptor(pair.Referrer.MediaType, pair.Referrer.Digest, pair.Referrer.Size) { ArtifactType = pair.Referrer.ArtifactType }, "")).DistinctBy(entry => entry.Item1.Digest),
                .. plan.Tagged.Select(pair => (pair.Document, NameOf(pair.Tag))),
            ]);
        switch (to.Transport)
        {
            case ImageTransport.OciLayout:
                await LayoutWriter.AddAsync(to.Path, addition, FolderLock.PathFor(to.Path, where), cancellationToken).ConfigureAwait(false);
                break;
            case ImageTransport.Store:
                await LayoutWriter.AddAsync(where.StoreRoot, addition, Path.Combine(where.StoreRoot, StoreNames.LockFile), cancellationToken).ConfigureAwait(false);
                break;
            case ImageTransport.OciArchive:
                await ArchiveWriting.WriteOciAsync(to.Path, addition with { Blobs = [.. addition.Blobs.Select(blob => (blob.Descriptor, Spooled(blob.OpenAsync)))] }, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new ImageReferenceInvalidException(to.ToString(), "a path alone does not say what to write; put oci: or oci-archive: before it");
        }

        ImageReference pinned = to.Transport is ImageTransport.Store ? ImageReference.Store(repository, "", plan.Root.Digest) : to.Pin(plan.Root.Digest);
        return transfer.Result(pinned, from, [.. names], transfer.Opened, plan.Blobs.Count - transfer.Opened, transfer.OpenedBytes);
    }

    // A tar is written without waiting in turn, which a connection cannot be read like.
    private Func<CancellationToken, ValueTask<Stream>> Spooled(Func<CancellationToken, ValueTask<Stream>> openAsync) => async token =>
    {
        Stream content = await openAsync(token).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            FileStream file = new(places.Cache.NewTemporaryPath(), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous | FileOptions.DeleteOnClose);
            try
            {
                await content.CopyToAsync(file, token).ConfigureAwait(false);
                file.Position = 0;
                return file;
            }
            catch
            {
                await file.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    };

    /// <summary>One copy on its way: opens blobs and counts.</summary>
    private sealed class Transfer(IArtifactStore source, CopyPlan plan, IReporter reporter)
    {
        private readonly long _total = plan.Blobs.Sum(blob => blob.Size);
        private long _arrived;
        private int _opened;
        private long _bytes;

        internal CopyPlan Plan => plan;

        internal int Opened => _opened;

        internal long OpenedBytes => _bytes;

        internal IEnumerable<PushedBlob> Blobs() => plan.Blobs.Select(blob => new PushedBlob(blob, token => OpenAsync(blob, token)));

        internal void Arrived(long bytes) => reporter.Progress(new ProgressUpdate(Activity, source.Reference.ToString(), Interlocked.Add(ref _arrived, bytes), _total));

        internal PublishedImage Result(ImageReference pinned, ImageReference from, IReadOnlyList<string> tags, int copied, int present, long bytes) => new()
        {
            Reference = pinned.ToString(),
            Digest = plan.Root.Digest,
            Source = from.Pin(plan.Root.Digest).ToString(),
            Tags = tags,
            Platforms = [.. plan.Platforms.Distinct()],
            Referrers = [.. plan.Referrers.Select(pair => pair.Referrer.Digest).Concat(plan.Tagged.Select(pair => pair.Document.Digest)).Distinct()],
            BlobsCopied = copied,
            BlobsPresent = present,
            BytesCopied = bytes,
        };

        private async ValueTask<Stream> OpenAsync(OciDescriptor blob, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            Interlocked.Add(ref _bytes, blob.Size);
            return source is IOpenBlobs blobs ? await blobs.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false)
                : new MemoryStream(await source.ReadAsync(blob, int.MaxValue, cancellationToken).ConfigureAwait(false), writable: false);
        }
    }
}
