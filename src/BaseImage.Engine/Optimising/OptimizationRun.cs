using System.Text.RegularExpressions;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Optimising.Traces;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Optimising;

/// <summary>One image on its way to a smaller one.</summary>
/// <param name="source">Gathers facts of images.</param>
/// <param name="proof">Runs both images.</param>
/// <param name="recorder">Records what the image touches.</param>
/// <param name="request">What is asked for.</param>
/// <param name="places">Where the new image goes.</param>
/// <param name="cache">Where the new layer is kept.</param>
/// <param name="reporter">Told how far it has come.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed partial class OptimizationRun(InspectionFacts source, StartProof proof, TraceRecorder recorder, OptimizationRequest request, IImageDestination[] places, ContentCache cache, IReporter reporter, CancellationToken cancellationToken)
{
    /// <summary>What progress calls it.</summary>
    public const string Activity = "Optimising image";

    private const string DefaultTag = "optimized";

    /// <summary>Does it.</summary>
    public async Task<OptimizationResult> RunAsync(PendingInspection item, PolicySet policies)
    {
        TraceSet traces = await TraceSet.ReadAsync(request.RecordTrace ? request.TracePaths.Where(File.Exists) : request.TracePaths, item.Reference, item.Manifest, cancellationToken).ConfigureAwait(false);
        Tell(item, "looking at what it holds");
        ImageFacts facts = await source.ReadAsync(item, withFiles: true, cancellationToken).ConfigureAwait(false);
        AuditPolicy all = policies.For(facts.Name, facts.Image);
        OptimizePolicy policy = all.Optimize;
        PathSet keep = new(policy.Keep.Concat(request.Keep));
        if (facts.Config is { Entrypoint: null or { Count: 0 }, Cmd: null or { Count: 0 } } && keep.IsEmpty && traces.IsEmpty)
        {
            throw new ImageNotOptimizableException(item.Reference, "it starts no program, so nothing says what it needs", "Name what it is there for with -Keep, as -Keep '/usr/bin/curl'.");
        }

        Tell(item, "looking at what its programs name");
        CodeScan code = new();
        InspectedImage image = await item.ReadAsync(new InspectionOptions { Keep = entry => entry.Path.Span.SequenceEqual("etc/nsswitch.conf"u8), Observe = (_, entry) => code.Observe(entry) }, cancellationToken).ConfigureAwait(false);
        bool confirmed = await request.Runtime.ConfirmAsync(item.Reference, Plan()).ConfigureAwait(false);
        IReadOnlyList<string> warnings = confirmed && request.RecordTrace ? await RecordAsync(item, image, all, traces).ConfigureAwait(false) : [];
        Reach reach = new(facts, image, code);
        RemovalPlan plan = await Task.Run(() =>
        {
            IReadOnlyDictionary<MergedFile, string> traced = traces.Of(image);
            reach.Follow(keep, traced);
            return RemovalPlan.Make(facts, image, reach, new RemovalRules(Languages(facts, policy)), keep, new PathSet(policy.Remove), traced.Keys);
        }, cancellationToken).ConfigureAwait(false);
        OptimizationResult result = Result(item, facts, image, reach, plan, warnings);

        Tell(item, "carrying over what stays");
        DateTimeOffset epoch = DateTimeOffset.FromUnixTimeSeconds((request.SourceDateEpoch ?? facts.Created ?? DateTimeOffset.UnixEpoch).ToUnixTimeSeconds());
        using ContentSpool contents = await ContentSpool.TakeAsync(new ComparedSide(item.Image, image.Manifest), plan.Kept.Where(file => file.Entry.Kind is ImageFileKind.File), cache.NewTemporaryPath(), cancellationToken).ConfigureAwait(false);
        List<MergedFile> setId = [];
        Stripping stripping = policy.Strip ? await Task.Run(() => Stripping.Of(facts.Files!, plan, contents, keep, cancellationToken), cancellationToken).ConfigureAwait(false) : Stripping.None;
        IReadOnlyList<OptimizedFile> files = OptimizedFiles.Make(image, plan, new PathSet(policy.KeepSetId), epoch.ToUnixTimeSeconds(), stripping.Files, setId.Add);
        result = result with
        {
            SizeAfter = files.Sum(file => file.Entry.Size),
            Removed = RemovalReport.Of(facts.Files!, plan, setId, stripping.Saved),
            Warnings = [.. result.Warnings, .. stripping.Warnings],
        };
        if (!confirmed)
        {
            return result with { Proof = "Nothing was run and nothing written." };
        }

        Tell(item, "writing the new layer");
        Codec codec = request.Compression == LayerCompression.Zstd ? Codec.Zstd : Codec.Gzip;
        BuiltLayer layer = await OptimizedLayer.WriteAsync(files, contents, item.Reference, cache, codec, BoundedParallel.Workers(request.Workers), cancellationToken).ConfigureAwait(false);
        BuiltImage built = OptimizedDocuments.Make(NameOf(facts.Name), image.Manifest, layer, epoch);
        result = await ProveAsync(item, image, built, all, result).ConfigureAwait(false);
        return result with { Image = await WriteAsync(built).ConfigureAwait(false) };
    }

    private void Tell(PendingInspection item, string what)
    {
        reporter.Verbose($"{item.Reference}: {what}.");
        reporter.Progress(new ProgressUpdate(Activity, $"{item.Image.Name} {item.Manifest.Platform}: {what}", 0, 0));
    }

    // What is asked about: all that will be run and written.
    private string Plan()
    {
        string runs = (request.RecordTrace, request.SkipVerification) switch
        {
            (true, true) => $"Run it in containers of the engine, write what it touches to {request.TracePaths[0]}, and write",
            (true, false) => $"Run it and its optimised image in containers of the engine, write what it touches to {request.TracePaths[0]}, and write",
            (false, true) => "Write",
            (false, false) => "Run it and its optimised image in containers of the engine, and write",
        };
        string where = request.Destinations.Count == 0 ? "the module's store" : string.Join(", ", places.Select(place => place.Reference.ToString()));
        return $"{runs} the optimised image to {where}";
    }

    private async Task<IReadOnlyList<string>> RecordAsync(PendingInspection item, InspectedImage image, AuditPolicy policy, TraceSet traces)
    {
        Tell(item, "recording what it touches");
        (ImageTrace trace, IReadOnlyList<string> warnings) = await recorder.RecordAsync(new RuntimeTarget(item.Image.Pinned, image.Manifest), image.Merged, RuntimeOf(policy), reporter, cancellationToken).ConfigureAwait(false);
        traces.Add(request.TracePaths[0], trace);
        await AtomicFile.WriteAsync(request.TracePaths[0], TraceFile.Write(traces.Merged!), cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"{item.Reference}: what it touches was written to {request.TracePaths[0]}.");
        return warnings;
    }

    // What was confirmed covers every run.
    private RuntimeRequest RuntimeOf(AuditPolicy policy) => request.Runtime.With(policy.Runtime).With(request.RuntimeSettings) with { ConfirmAsync = (_, _) => Task.FromResult(true) };

    private static OptimizationResult Result(PendingInspection item, ImageFacts facts, InspectedImage image, Reach reach, RemovalPlan plan, IReadOnlyList<string> traced)
    {
        List<string> warnings = [.. traced, .. reach.Warnings, .. image.Database.UnreadManagers.Select(manager => $"The database of {manager} is not read by this version: what its packages ship counts as the image's own or goes by its place, and the database stays as it is.")];
        HashSet<string> stays = [.. plan.Kept.Select(file => file.ToString())];
        foreach (ImageFile file in facts.Files!.All.Where(file => stays.Contains(file.Path) && reach.IsOwn(file) && (file.Mode & 0x49) != 0))
        {
            if (facts.Files.Interpreter(file) is { } interpreter && !reach.Why.ContainsKey(file.Path) && StartProgram.Find(facts, interpreter).File is { } program && !reach.Why.ContainsKey(program.Path))
            {
                warnings.Add($"{file.Path} stays, and what it is written for, {interpreter}, goes: nothing that the image starts calls it. Where something does, name it with -Keep.");
            }
        }

        return new OptimizationResult
        {
            Source = item.Reference,
            Platform = facts.Platform,
            SizeBefore = facts.Files.Use.Sizes.Sum(),
            FilesRemoved = plan.Gone.Count,
            FilesKept = plan.Kept.Count(file => !file.IsDirectory),
            Kept = [.. reach.Why.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new KeptItem(pair.Key, facts.Files.Find(pair.Key)?.Package ?? "", pair.Value))],
            Packages = [.. plan.Packages.Order(StringComparer.Ordinal)],
            Warnings = warnings,
        };
    }

    private static IReadOnlyCollection<string> Languages(ImageFacts facts, OptimizePolicy policy)
        => [.. policy.KeepLocales.Concat(Variables.Of(facts.Config).Where(pair => pair.Key is "LANG" or "LANGUAGE" || pair.Key.StartsWith("LC_", StringComparison.Ordinal))
            .SelectMany(pair => pair.Value.Split(':')).Select(value => value.Split('.', '@')[0]))
            .Where(language => language.Length > 1 && language is not ("C" or "POSIX") && language.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')).Distinct(StringComparer.Ordinal)];

    private async Task<OptimizationResult> ProveAsync(PendingInspection item, InspectedImage image, BuiltImage built, AuditPolicy policy, OptimizationResult result)
    {
        if (request.SkipVerification)
        {
            const string Skipped = "It was not run: -SkipVerification was given.";
            reporter.Warning($"{item.Reference}: whether the optimised image still starts was not shown.");
            return result with { Verified = OptimizationProof.NotVerified, Proof = Skipped };
        }

        (string shown, IReadOnlyList<string> warnings) = await proof.ProveAsync(
            new RuntimeTarget(item.Image.Pinned, image.Manifest),
            new RuntimeTarget(ImageReference.Store(built.Name), OptimizedDocuments.AsSource(built.Manifests[0])),
            RuntimeOf(policy), reporter, cancellationToken).ConfigureAwait(false);
        return result with { Verified = OptimizationProof.Verified, Proof = shown, Warnings = [.. result.Warnings, .. warnings] };
    }

    private async Task<ContainerImage> WriteAsync(BuiltImage built)
    {
        IReadOnlyList<string> tags = request.Tags.Count > 0 ? request.Tags : [DefaultTag];
        ImageReference? first = null;
        foreach (IImageDestination place in places)
        {
            ImageReference written = await place.WriteAsync(built, tags, cancellationToken).ConfigureAwait(false);
            reporter.Verbose($"{built.Name}: written to {written}.");
            first ??= written;
        }

        SourceManifest manifest = OptimizedDocuments.AsSource(built.Manifests[0]);
        SourceImage image = new() { Name = built.Name, Tags = places[0].Reference.Tag.Length > 0 ? [places[0].Reference.Tag] : tags, Pinned = first!, Root = built.Root.Descriptor, Manifests = [manifest] };
        return ImageReading.Describe(image, places[0].Reference);
    }

    // Registry and tag belong to where the old image came from.
    private static string NameOf(string name)
    {
        string[] parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string bare = string.Join('/', parts.Length > 1 && (parts[0].Contains('.', StringComparison.Ordinal) || parts[0].Contains(':', StringComparison.Ordinal) || parts[0] == "localhost") ? parts[1..] : parts);
        string clean = Unusual().Replace(bare.ToLowerInvariant(), "-").Trim('-', '.', '_', '/');
        return clean.Length > 0 ? clean : "image";
    }

    [GeneratedRegex("[^a-z0-9./-]+|[./-]{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Unusual();
}
