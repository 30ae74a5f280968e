using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>How an image is normalised.</summary>
internal sealed record NormalPlan
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Which times say when it was built.</summary>
    public required BuildTimes Times { get; init; }

    /// <summary>What becomes of which file.</summary>
    public required VolatileFiles Policy { get; init; }

    /// <summary>Layers at the bottom that are the base's.</summary>
    public required int BaseLayers { get; init; }

    /// <summary>Steps of the history that are the base's.</summary>
    public required int BaseSteps { get; init; }

    /// <summary>What becomes of the own layers.</summary>
    public required OwnLayers Layers { get; init; }

    /// <summary>Labels that the image gets.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Labels that are taken away.</summary>
    public required Func<string, bool> IsForeignLabel { get; init; }

    /// <summary>Makes the history.</summary>
    public required HistoryNormaliser History { get; init; }

    /// <summary>The Dockerfile as it was sent, and as it is.</summary>
    public (byte[] Sent, byte[] Original)? Restored { get; init; }
}

/// <summary>
/// Makes of what a builder built an image that says nothing of when, where and by whom: its own layers written anew in one
/// order and with clamped times, volatile files gone, config and history of one form. The base's layers are not touched.
/// </summary>
/// <param name="cache">Where contents wait and finished layers lie.</param>
/// <param name="codec">How own layers are compressed.</param>
/// <param name="reporter">Told how far it has come.</param>
internal sealed class ImageNormaliser(ContentCache cache, Codec codec, IReporter reporter)
{
    private const string Activity = "Normalising image";

    /// <summary>Normalises an image.</summary>
    /// <param name="built">What the builder built: read whole, its config checked against its id.</param>
    /// <param name="bases">The blobs of the base's layers.</param>
    /// <param name="plan">How.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BuiltImage> RunAsync(SourceManifest built, BaseBlobs bases, NormalPlan plan, CancellationToken cancellationToken)
    {
        List<BuiltLayer> layers = [];
        foreach (SourceLayer layer in built.Layers.Take(plan.BaseLayers))
        {
            reporter.Progress(new ProgressUpdate(Activity, $"base layer {layers.Count + 1}", layers.Count, built.Layers.Count));
            layers.Add(await bases.GetAsync(layer, cancellationToken).ConfigureAwait(false));
        }

        using Spool spool = new();
        Stream contents = spool.Create(cache);
        OwnLayerReader reader = new(plan.Times, plan.Policy, plan.Restored);
        List<OwnLayer> own = [];
        foreach (SourceLayer layer in built.Layers.Skip(plan.BaseLayers))
        {
            reporter.Progress(new ProgressUpdate(Activity, $"layer {plan.BaseLayers + own.Count + 1}", plan.BaseLayers + own.Count, built.Layers.Count));
            Stream tar = await layer.OpenTarAsync(cancellationToken).ConfigureAwait(false);
            await using (tar.ConfigureAwait(false))
            {
                own.Add(await Task.Run(() => reader.Read(tar, $"layer {layer.DiffId}", contents, cancellationToken), cancellationToken).ConfigureAwait(false));
            }
        }

        await contents.FlushAsync(cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"{plan.Name}: {own.Sum(layer => layer.Changed)} files of {own.Count} own layers were left out or rewritten because they change from build to build.");
        (OwnLayer[] written, bool[] kept) = Choose(own, plan);
        foreach (OwnLayer layer in written)
        {
            layers.Add(await CachedLayers.WriteAsync(cache, codec, "a layer of " + plan.Name, (target, token) => Task.Run(() => layer.Write(new TarWriter(target), spool.Open, token), token), cancellationToken).ConfigureAwait(false));
        }

        reporter.Progress(new ProgressUpdate(Activity, "", 1, 1, Completed: true));
        return Assemble(built, layers, kept, plan);
    }

    // A layer of which nothing is left is none; in the history its step made no layer then.
    private static (OwnLayer[] Written, bool[] Kept) Choose(List<OwnLayer> own, NormalPlan plan)
    {
        if (plan.Layers is OwnLayers.Squash && own.Count > 0)
        {
            OwnLayer squashed = LayerSquash.Squash(own, plan.BaseLayers > 0);
            bool any = squashed.Files.Count > 0;
            return (any ? [squashed] : [], [.. own.Select((_, i) => any && i == own.Count - 1)]);
        }

        bool[] kept = [.. own.Select(layer => layer.Files.Count > 0)];
        return ([.. own.Where((_, i) => kept[i])], kept);
    }

    private static BuiltImage Assemble(SourceManifest built, List<BuiltLayer> layers, bool[] kept, NormalPlan plan)
    {
        DateTimeOffset epoch = DateTimeOffset.FromUnixTimeSeconds(plan.Times.Epoch);
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach ((string name, string value) in built.Config.Config.Labels.Where(label => !plan.IsForeignLabel(label.Key)).Concat(plan.Labels))
        {
            labels[name] = value;
        }

        BuiltDocument config = OciDocuments.Config(new OciConfig
        {
            Platform = built.Config.Platform,
            Created = epoch,
            Author = built.Config.Author,
            Config = built.Config.Config with { Labels = labels },
            DiffIds = [.. layers.Select(layer => layer.DiffId)],
            History = plan.History.Make(built.Config.History, plan.BaseSteps, plan.BaseLayers, kept),
        });
        BuiltDocument manifest = OciDocuments.Manifest(config.Descriptor, layers.Select(layer => layer.Descriptor));
        return new BuiltImage
        {
            Name = plan.Name,
            Manifests = [new BuiltManifest { Platform = built.Config.Platform, Config = config, Manifest = manifest, Layers = layers }],
        };
    }
}
