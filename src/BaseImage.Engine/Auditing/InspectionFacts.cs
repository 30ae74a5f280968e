using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing;

/// <summary>
/// Gathers facts by inspection: one pass over each layer of an image and platform, contents looked at as they pass. Layers
/// that were read before are not read again.
/// </summary>
/// <param name="paths">Where the store is.</param>
/// <param name="shelf">The facts of layers.</param>
/// <param name="engine">The way to a container engine; null where none is to be had.</param>
/// <param name="stacks">What images of one audit share; null where each stands for itself.</param>
internal sealed class InspectionFacts(Func<BaseImagePaths> paths, LayerShelf shelf, EngineImages? engine = null, LayerStacks? stacks = null) : IFactsSource
{
    /// <inheritdoc/>
    public IFactsSource Within(AuditScope? scope) => new InspectionFacts(paths, shelf, engine, LayerStacks.Of(scope));

    /// <inheritdoc/>
    public async Task<IFactsSession> OpenAsync(string reference, Platform? platform, CancellationToken cancellationToken)
        => new Session(await ImageInspection.OpenAsync(reference, platform, paths(), single: false, cancellationToken, engine).ConfigureAwait(false), this);

    /// <summary>Gathers the facts of an image that was opened; without files its layers are not read.</summary>
    internal async Task<ImageFacts> ReadAsync(PendingInspection item, bool withFiles, CancellationToken cancellationToken)
    {
        FileFacts? files = null;
        SourceManifest manifest = item.Manifest;
        if (withFiles)
        {
            (manifest, IReadOnlyList<LayerFacts> layers) = await LayersAsync(item, cancellationToken).ConfigureAwait(false);
            files = await Task.Run(() => Merge(item, manifest, layers, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        else if (item.Image.IsPartial)
        {
            manifest = await item.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ImageFacts
        {
            Image = item.Reference,
            Name = WithoutTag(item.Image.Name),
            Platform = manifest.Platform,
            Digest = item.Digest,
            Created = manifest.Config.Created,
            Tags = [.. item.Image.Tags.Append(item.Image.Name).Select(TagOf).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Config = manifest.Config.Config,
            History = manifest.Config.History,
            Manifest = ManifestFacts.Of(manifest),
            Files = files,
        };
    }

    // What an engine tells of an image is enough where every layer is known: nothing has to be exported.
    private async Task<(SourceManifest Manifest, IReadOnlyList<LayerFacts> Layers)> LayersAsync(PendingInspection item, CancellationToken cancellationToken)
    {
        SourceManifest manifest = item.Manifest;
        LayerFacts?[] layers = new LayerFacts?[manifest.Layers.Count];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = await shelf.TryGetAsync(manifest.Layers[i].DiffId, cancellationToken).ConfigureAwait(false);
        }

        if (item.Image.IsPartial || Array.Exists(layers, layer => layer is null))
        {
            manifest = await item.CompleteAsync(cancellationToken).ConfigureAwait(false);
            Array.Resize(ref layers, manifest.Layers.Count);
        }

        for (int i = 0; i < layers.Length; i++)
        {
            SourceLayer layer = manifest.Layers[i];
            layers[i] ??= await shelf.GetAsync(layer.DiffId, layer.OpenTarAsync, $"{item.Reference} layer {layer.DiffId}", cancellationToken).ConfigureAwait(false);
        }

        return (manifest, layers!);
    }

    private FileFacts Merge(PendingInspection item, SourceManifest manifest, IReadOnlyList<LayerFacts> layers, CancellationToken cancellationToken)
    {
        string Name(int layer) => $"{item.Reference} layer {manifest.Layers[layer].DiffId}";
        IReadOnlyList<ImagePackage> Packages(MergedFileSystem files) => new PackageDatabase(files, item.Reference, manifest.Platform).Packages;

        // Made by one for several: nobody's stop may stop it for the others.
        SharedLayers? shared = stacks?.Find([.. manifest.Layers.Select(layer => layer.DiffId)], count => SharedLayers.Of([.. layers.Take(count)], CancellationToken.None));
        if (shared?.With(layers, Name, cancellationToken) is { } common)
        {
            return common.Facts.Listing(() => Packages(common.Merged));
        }

        LayerMerge merge = new();
        merge.Apply(layers, 0, Name, cancellationToken);
        PackageDatabase database = new(merge.Files, item.Reference, manifest.Platform);
        return merge.Complete(database, layers.Count).Facts.Listing(() => database.Packages);
    }

    private static string TagOf(string name)
    {
        string stem = WithoutTag(name);
        return stem.Length < name.Length ? name[(stem.Length + 1)..] : name.Contains('/', StringComparison.Ordinal) || name.Length == 0 ? "" : name == "latest" ? name : "";
    }

    private static string WithoutTag(string name)
    {
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') && colon > 0 ? name[..colon] : name;
    }

    // A further pass: contents of a reader's choice are not among the facts that are kept.
    private static async Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> ContentsAsync(PendingInspection item, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        InspectedImage image = await item.ReadAsync(new InspectionOptions { Keep = entry => isWanted("/" + entry.Path) }, cancellationToken).ConfigureAwait(false);
        Dictionary<string, ReadOnlyMemory<byte>> contents = new(StringComparer.Ordinal);
        foreach (MergedFile file in image.Merged.Files().Where(file => file.Content is not null && isWanted(file.ToString())))
        {
            contents[file.ToString()] = file.Content!.Value;
        }

        return contents;
    }

    private sealed class Session(ImageInspection inspection, InspectionFacts source) : IFactsSession
    {
        public IReadOnlyList<PendingFacts> Items { get; } = [.. inspection.Items.Select(item => new PendingFacts(
            item.Reference, item.Manifest.Platform, item.Digest, (withFiles, token) => source.ReadAsync(item, withFiles, token)) { Name = WithoutTag(item.Image.Name), Target = new RuntimeTarget(item.Image.Pinned, item.Manifest), ContentsAsync = (isWanted, token) => ContentsAsync(item, isWanted, token) })];

        public IReadOnlyList<ImageFailure> Failures => inspection.Failures;

        public ValueTask DisposeAsync() => inspection.DisposeAsync();
    }
}
