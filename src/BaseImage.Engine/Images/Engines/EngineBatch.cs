using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images.Engines;

/// <summary>
/// Images of an engine that will be read one after the other. The first that needs its layers has them exported together
/// with those after it, up to a limit, so that the engine is asked once and sends what they share once.
/// </summary>
internal sealed class EngineBatch : IDisposable
{
    /// <summary>The most images in one export.</summary>
    internal const int MaxImages = 64;

    // What an engine says of sizes counts shared layers each time; an export has them once.
    private const long MaxBytes = 4L << 30;

    private readonly Func<ContentCache> _cache;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<ImageReference, EngineImage?> _described = [];
    private readonly HashSet<Digest> _exported = [];

    // Images are read in their order, several at once: while the first of the next export come, the last of the one before do.
    private readonly Queue<EngineExport> _recent = new();
    private const int MaxExports = 2;
    private bool _alone;

    internal EngineBatch(IReadOnlyList<ImageReference> references, Func<ContentCache> cache) => (References, _cache) = (references, cache);

    /// <summary>The images, in the order in which they will be read.</summary>
    internal IReadOnlyList<ImageReference> References { get; }

    /// <summary>What the engine says of an image; asked once.</summary>
    internal async Task<EngineImage?> DescribeAsync(DockerEngine engine, ImageReference reference, CancellationToken cancellationToken)
    {
        lock (_described)
        {
            if (_described.TryGetValue(reference, out EngineImage? known))
            {
                return known;
            }
        }

        EngineImage? image = await FindAsync(engine.Images, reference, cancellationToken).ConfigureAwait(false);
        Describe(reference, image);
        return image;
    }

    /// <summary>Says what is known of an image already.</summary>
    internal void Describe(ImageReference reference, EngineImage? image)
    {
        lock (_described)
        {
            _described[reference] = image;
        }
    }

    /// <summary>An export that has the image; disposed of by the caller, who may keep it beyond the batch.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="image">The image.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="isKnown">True of layers that nobody will ask for: an image of nothing else is not exported along with this one.</param>
    internal async Task<EngineExport> ExportAsync(DockerEngine engine, EngineImage image, CancellationToken cancellationToken, Func<IReadOnlyList<Digest>, bool>? isKnown = null)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            EngineExport? export = _recent.FirstOrDefault(recent => recent.Ids.Contains(image.Id));
            if (export is null)
            {
                if (_recent.Count == MaxExports)
                {
                    _recent.Dequeue().Dispose();
                }

                export = await MakeAsync(engine, image, isKnown ?? (_ => false), cancellationToken).ConfigureAwait(false);
                _recent.Enqueue(export);
                _exported.UnionWith(export.Ids);
            }

            return export.Share();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_recent.TryDequeue(out EngineExport? export))
        {
            export.Dispose();
        }

        _gate.Dispose();
    }

    private async Task<EngineExport> MakeAsync(DockerEngine engine, EngineImage image, Func<IReadOnlyList<Digest>, bool> isKnown, CancellationToken cancellationToken)
    {
        List<EngineImage> together = _alone ? [image] : await ChooseAsync(engine, image, isKnown, cancellationToken).ConfigureAwait(false);
        try
        {
            return await EngineExport.MakeAsync(engine, together, _cache(), cancellationToken).ConfigureAwait(false);
        }
        catch (BaseImageException) when (together.Count > 1 && !cancellationToken.IsCancellationRequested)
        {
            // One image that cannot be exported, or went away meanwhile, must not take the others with it.
            _alone = true;
            return await EngineExport.MakeAsync(engine, [image], _cache(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<List<EngineImage>> ChooseAsync(DockerEngine engine, EngineImage first, Func<IReadOnlyList<Digest>, bool> isKnown, CancellationToken cancellationToken)
    {
        List<EngineImage> chosen = [first];
        HashSet<Digest> layers = [.. first.Config.DiffIds];
        long bytes = first.Size;
        foreach (ImageReference reference in Others(first))
        {
            EngineImage? next;
            try
            {
                next = await DescribeAsync(engine, reference, cancellationToken).ConfigureAwait(false);
            }
            catch (BaseImageException)
            {
                // It is told when its own turn comes.
                continue;
            }

            if (next is null || next.Config.Platform.Os == "windows" || _exported.Contains(next.Id) || chosen.Exists(image => image.Id == next.Id))
            {
                continue;
            }

            // Podman tells too little of a config, so that its images are exported for that alone.
            if (!engine.Info.IsPodman && isKnown(next.Config.DiffIds))
            {
                continue;
            }

            // The engine does not say how large a layer is; what is shared is taken for its share of the number of layers.
            long added = next.Config.DiffIds.Count == 0 ? 0 : next.Size / next.Config.DiffIds.Count * next.Config.DiffIds.Count(diffId => !layers.Contains(diffId));
            if (chosen.Count == MaxImages || bytes + added > MaxBytes)
            {
                break;
            }

            chosen.Add(next);
            layers.UnionWith(next.Config.DiffIds);
            bytes += added;
        }

        return chosen;
    }

    // Those that come next, then those before, which may have been overtaken.
    private IEnumerable<ImageReference> Others(EngineImage first)
    {
        int at = References.TakeWhile(reference => !IsOf(reference, first)).Count();
        return References.Skip(at + 1).Concat(References.Take(at));
    }

    private bool IsOf(ImageReference reference, EngineImage image)
    {
        lock (_described)
        {
            return _described.TryGetValue(reference, out EngineImage? known) && known?.Id == image.Id;
        }
    }

    private static async Task<EngineImage?> FindAsync(IEngineImages images, ImageReference reference, CancellationToken cancellationToken)
    {
        if (reference.Digest.IsEmpty)
        {
            return await images.InspectAsync($"{reference.Name}:{(reference.Tag.Length == 0 ? "latest" : reference.Tag)}", cancellationToken).ConfigureAwait(false);
        }

        // A digest is an image's id, or what a registry calls the image.
        EngineImage? image = await images.InspectAsync(reference.Digest.ToString(), cancellationToken).ConfigureAwait(false);
        bool found = image is not null && (image.Id == reference.Digest || image.RepoDigests.Any(name => name.EndsWith("@" + reference.Digest, StringComparison.Ordinal)));
        if (found || reference.Name.Length == 0)
        {
            return found ? image : null;
        }

        image = await images.InspectAsync($"{reference.Name}@{reference.Digest}", cancellationToken).ConfigureAwait(false);
        return image?.RepoDigests.Any(name => name.EndsWith("@" + reference.Digest, StringComparison.Ordinal)) is true ? image : null;
    }
}
