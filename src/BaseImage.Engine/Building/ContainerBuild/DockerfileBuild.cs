using System.Globalization;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Building.ContainerBuild.Context;
using BaseImage.Engine.Building.ContainerBuild.Normalising;
using BaseImage.Engine.Building.ContainerBuild.Output;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>One build of one Dockerfile by one engine: resolved, sent, watched, taken out, normalised, and nothing left of it in the engine.</summary>
internal sealed class DockerfileBuild
{
    private const string What = "build the image";
    private const string Repository = "localhost/baseimage-build";

    // 1980-01-01, the first time that zip archives can hold: for images that come from nothing.
    private const long FirstEpoch = 315_532_800;

    private readonly BuildInputs _inputs;
    private readonly DockerfileBuildRequest _request;
    private readonly DockerfileSettings _settings;
    private readonly DockerEngine _engine;
    private readonly ContentCache _cache;
    private readonly Platform _platform;
    private readonly BaseTrust _trust;
    private readonly IReporter _reporter;
    private readonly TimeProvider _time;
    private readonly RunLabels _labels;
    private readonly bool _buildKit;
    private readonly List<(Digest Id, string Tag)> _lent = [];
    private readonly List<Digest> _bases = [];

    internal DockerfileBuild(BuildInputs inputs, DockerEngine engine, ContentCache cache, Platform platform, BaseTrust trust, IReporter reporter, TimeProvider time)
    {
        (_inputs, _request, _settings, _engine, _cache, _platform, _trust, _reporter, _time) = (inputs, inputs.Request, inputs.Settings, engine, cache, platform, trust, reporter, time);
        _labels = RunLabels.New(time);
        _buildKit = !engine.Info.IsPodman && (_request.Builder is ContainerBuilder.BuildKit || (_request.Builder is ContainerBuilder.Default && (engine.Info.HasContainerdStore || Major(engine.Info.Version) >= 23)));
    }

    /// <summary>Builds.</summary>
    internal async Task<BuiltImage> RunAsync(BaseBlobs blobs, Codec codec, Func<string, CancellationToken, Task<IImageSource>> sources, CancellationToken cancellationToken)
    {
        if (_engine.Info.IsPodman && _request.Builder is ContainerBuilder.BuildKit)
        {
            throw new EngineHostNotSupportedException(_engine.Host, "-Builder BuildKit", "Podman has no BuildKit", "Name a Docker engine with -DockerHost, or leave -Builder out.");
        }

        _inputs.CheckFor(_engine.Info, _buildKit);
        await SweepAsync(cancellationToken).ConfigureAwait(false);
        RunLabels.Begin(_labels.Id);
        try
        {
            return await BuildAsync(blobs, codec, sources, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await CleanAsync().ConfigureAwait(false);
            RunLabels.End(_labels.Id);
            await SweepLateAsync().ConfigureAwait(false);
        }
    }

    private async Task<BuiltImage> BuildAsync(BaseBlobs blobs, Codec codec, Func<string, CancellationToken, Task<IImageSource>> sources, CancellationToken cancellationToken)
    {
        DockerfileEvaluator values = _inputs.Evaluate(_platform, _engine.Info.Platform);
        IReadOnlyList<NamedImage> named = NamedImage.Find(_inputs.File, values, _inputs.Target, _request.Path);
        Dictionary<string, ResolvedBase> bases = await ResolveAsync(named, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(RemoteFile File, LockedDownload Download)> downloads = await DownloadAsync(RemoteFile.Find(_inputs.File, values, _inputs.Target, _request.Path), cancellationToken).ConfigureAwait(false);
        if (_request.UpdateLock)
        {
            await WriteLockAsync(bases.Values, downloads, cancellationToken).ConfigureAwait(false);
        }

        ResolvedBase? final = _inputs.Target.Chain.Last() is { } root && named.FirstOrDefault(image => image.Stage == root) is { } first ? bases[first.Name] : null;
        long epoch = Epoch(bases.Values);
        IReadOnlyList<string> added = Added(epoch);
        List<(SourceSpan, string)> edits = [];
        _bases.AddRange(bases.Values.Select(resolved => resolved.Image.Id));
        foreach (NamedImage image in named)
        {
            edits.Add((image.Span, await SentNameAsync(bases[image.Name].Image, cancellationToken).ConfigureAwait(false)));
        }

        edits.AddRange(await DownloadEditsAsync(downloads, epoch, cancellationToken).ConfigureAwait(false));
        SentDockerfile sent = SentDockerfile.Make(_inputs.File, edits, added);
        DateTimeOffset? began = await _engine.Builds.TimeAsync(cancellationToken).ConfigureAwait(false);
        EngineImage built = await SendAsync(sent, epoch, cancellationToken).ConfigureAwait(false);
        DateTimeOffset? ended = await _engine.Builds.TimeAsync(cancellationToken).ConfigureAwait(false);

        IReadOnlyList<Digest> baseLayers = final?.Image.Config.DiffIds ?? [];
        if (built.Config.DiffIds.Count < baseLayers.Count || !built.Config.DiffIds.Take(baseLayers.Count).SequenceEqual(baseLayers))
        {
            throw new EngineAnswerInvalidException(_engine.Host, $"the image that it built does not stand on {final!.Image.Id}, which it was told to start from");
        }

        await blobs.FindAsync(baseLayers, ["", .. _settings.Bases], sources, _reporter, cancellationToken).ConfigureAwait(false);
        int baseSteps = final is null ? 0 : (await _engine.Images.HistoryAsync(final.Image.Id.ToString(), cancellationToken).ConfigureAwait(false)).Count;
        using EngineExport export = await EngineExport.MakeAsync(_engine, [built], _cache, cancellationToken).ConfigureAwait(false);
        SourceImage whole = await export.ReadAsync(_engine, built, cancellationToken).ConfigureAwait(false);
        string[] secrets = [.. _inputs.Arguments.Secrets];
        NormalPlan plan = new()
        {
            Name = _inputs.Name,
            Times = new BuildTimes(epoch, began?.ToUnixTimeSeconds(), ended?.ToUnixTimeSeconds()),
            Policy = new VolatileFiles(_settings.Remove, _settings.Keep) { KeepAll = _request.Variation?.KeepVolatile is true },
            BaseLayers = baseLayers.Count,
            BaseSteps = baseSteps,
            Layers = _request.Layers ?? _settings.Layers,
            Labels = Labels(final),
            IsForeignLabel = label => _labels.Labels.ContainsKey(label) || label == "io.buildah.version",
            History = new HistoryNormaliser(DateTimeOffset.FromUnixTimeSeconds(epoch), IsAdded, KnownArguments(epoch), secrets),
            Restored = (sent.Bytes, _inputs.File.Source.Bytes.ToArray()),
        };
        BuiltImage normal = await new ImageNormaliser(_cache, codec, _reporter).RunAsync(whole.Manifests[0], blobs, plan, cancellationToken).ConfigureAwait(false);
        _reporter.Verbose($"{_inputs.Name}: {normal.Root.Digest} on {baseLayers.Count} base layers ({blobs.Compressed} compressed here, the others as they lie in a layout).");
        return normal;
    }

    private async Task<Dictionary<string, ResolvedBase>> ResolveAsync(IReadOnlyList<NamedImage> named, CancellationToken cancellationToken)
    {
        BaseResolver resolver = new(_engine, _request.Path) { AllowUnpinned = _request.AllowUnpinned || _request.UpdateLock, Pull = !_request.Offline, Lock = _request.UpdateLock ? DockerfileLock.Empty : _inputs.Lock };
        Dictionary<string, ResolvedBase> found = new(StringComparer.Ordinal);
        foreach (NamedImage image in named)
        {
            if (!found.ContainsKey(image.Name))
            {
                ResolvedBase resolved = found[image.Name] = await resolver.ResolveAsync(image.Name, image.Line, _platform, cancellationToken).ConfigureAwait(false);
                _reporter.Verbose($"{image.Name} is {resolved.Pin}.");
                await _trust.VerifyAsync(image.Name, resolved.Repository, resolved.Digest, resolved.Image.Id, _settings.Bases, _request.Offline, _request.Trust, _reporter, cancellationToken).ConfigureAwait(false);
                if (!resolved.IsPinned && !_request.UpdateLock)
                {
                    _reporter.Warning($"{_request.Path}:{image.Line}: '{image.Name}' is not pinned; today it is {resolved.Pin}.");
                }
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<(RemoteFile, LockedDownload)>> DownloadAsync(IReadOnlyList<RemoteFile> files, CancellationToken cancellationToken)
    {
        List<(RemoteFile, LockedDownload)> fetched = [];
        Downloads downloads = new(_cache, _reporter);
        foreach (RemoteFile file in files)
        {
            Digest expected = !file.Checksum.IsEmpty ? file.Checksum : _request.UpdateLock ? default : _inputs.Lock.Downloads.FirstOrDefault(locked => locked.Url == file.Url)?.Sha256 ?? default;
            if (expected.IsEmpty && !_request.AllowUnpinned && !_request.UpdateLock)
            {
                throw new DockerfileUnpinnedException(_request.Path, file.Instruction.Line, $"what ADD downloads from '{file.Url}' is not pinned: it may be another file tomorrow.", "Record its digest with Build-BaseImage -UpdateLock, write ADD --checksum=sha256:…, or take what is there with -AllowUnpinned.");
            }

            LockedDownload download = await downloads.FetchAsync(file.Url, expected, _request.Offline, cancellationToken).ConfigureAwait(false);
            if (expected.IsEmpty && !_request.UpdateLock)
            {
                _reporter.Warning($"{_request.Path}:{file.Instruction.Line}: '{file.Url}' is not pinned; today it is {download.Sha256}.");
            }

            fetched.Add((file, download));
        }

        return fetched;
    }

    private async Task WriteLockAsync(IEnumerable<ResolvedBase> bases, IReadOnlyList<(RemoteFile File, LockedDownload Download)> downloads, CancellationToken cancellationToken)
    {
        // What the Dockerfile itself pins needs no lock; what is locked for other platforms stays.
        DockerfileLock updated = new()
        {
            Path = _inputs.Lock.Path,
            Images = [.. _inputs.Lock.Images.Where(image => image.Platform != _platform), .. bases.Where(resolved => !resolved.IsPinned).Select(resolved => resolved.ToLocked(_platform))],
            Downloads = [.. downloads.Where(item => item.File.Checksum.IsEmpty).Select(item => item.Download).DistinctBy(download => download.Url)],
        };
        await Definitions.DockerfileLockFile.WriteAsync(updated, DockerfileLock.PathFor(_request.Path), cancellationToken).ConfigureAwait(false);
        _reporter.Verbose($"{updated.Images.Count} images and {updated.Downloads.Count} downloads are recorded in {DockerfileLock.PathFor(_request.Path)}.");
    }

    private async Task<IReadOnlyList<(SourceSpan, string)>> DownloadEditsAsync(IReadOnlyList<(RemoteFile File, LockedDownload Download)> downloads, long epoch, CancellationToken cancellationToken)
    {
        if (downloads.Count == 0)
        {
            return [];
        }

        Digest id = await DownloadImage.LoadAsync(_engine, _cache, downloads, _platform, _labels.Labels, epoch, cancellationToken).ConfigureAwait(false);
        string name = id.ToString();
        if (_buildKit)
        {
            name = $"{Repository}:{_labels.Id}-files";
            await _engine.Images.TagAsync(id.ToString(), Repository, _labels.Id + "-files", cancellationToken).ConfigureAwait(false);
        }

        return [.. downloads.Select((item, i) => (item.File, Path: DownloadImage.PathOf(i, item.File))).GroupBy(item => item.File.Instruction).SelectMany(group => RemoteFile.Edits([.. group], name))];
    }

    // Docker's classic builder and Podman's take ids, which cannot move. BuildKit takes names alone: one that the image has
    // (which the image's layers are compared with afterwards), else one that is lent to it. Podman removes an image without a
    // name with the last one that stands on it, so that there, too, it is lent one.
    private async Task<string> SentNameAsync(EngineImage image, CancellationToken cancellationToken)
    {
        if (image.Tags.Count == 0 && (_buildKit || _engine.Info.IsPodman) && _lent.All(lent => lent.Id != image.Id))
        {
            string tag = $"{_labels.Id}-{image.Id.Hex[..12]}";
            _lent.Add((image.Id, tag));
            await _engine.Images.TagAsync(image.Id.ToString(), Repository, tag, cancellationToken).ConfigureAwait(false);
        }

        return !_buildKit ? image.Id.ToString() : image.Tags.Count > 0 ? image.Tags[0] : $"{Repository}:{_lent.First(lent => lent.Id == image.Id).Tag}";
    }

    private static bool IsAdded(string step) => step.Contains(RunLabels.Run, StringComparison.Ordinal)
        || (step.Contains("ARG ", StringComparison.Ordinal) && new[] { "SOURCE_DATE_EPOCH", "TZ", "LANG" }.All(name => step.Contains(name, StringComparison.Ordinal)));

    private long Epoch(IEnumerable<ResolvedBase> bases)
    {
        DateTimeOffset? given = _request.SourceDateEpoch ?? _settings.SourceDateEpoch;
        return given?.ToUnixTimeSeconds() ?? bases.Select(resolved => resolved.Image.Config.Created?.ToUnixTimeSeconds() ?? 0).Append(FirstEpoch).Max();
    }

    private string TimeZone => _request.Variation?.TimeZone ?? _settings.TimeZone;

    private string Locale => _request.Variation?.Locale ?? _settings.Locale;

    private IReadOnlyList<string> Added(long epoch)
    {
        string[] arguments = [$"SOURCE_DATE_EPOCH={epoch.ToString(CultureInfo.InvariantCulture)}", $"TZ={TimeZone}", $"LANG={Locale}"];
        string labels = "LABEL " + string.Join(' ', _labels.Labels.Select(label => $"\"{label.Key}\"=\"{label.Value}\""));

        // Builders before 20.10 take one argument an instruction.
        return _engine.Info.ApiVersion >= new Version(1, 41) ? [labels, "ARG " + string.Join(' ', arguments)] : [labels, .. arguments.Select(argument => "ARG " + argument)];
    }

    private SortedDictionary<string, string> KnownArguments(long epoch)
    {
        SortedDictionary<string, string> known = new(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = epoch.ToString(CultureInfo.InvariantCulture), ["TZ"] = TimeZone, ["LANG"] = Locale };
        foreach ((string name, string value) in _inputs.Arguments.Values)
        {
            known[name] = value;
        }

        return known;
    }

    private SortedDictionary<string, string> Labels(ResolvedBase? final)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        if (final is not null)
        {
            int at = final.Name.IndexOf('@', StringComparison.Ordinal);
            labels["org.opencontainers.image.base.name"] = at > 0 ? final.Name[..at] : final.Name;
            labels["org.opencontainers.image.base.digest"] = final.Pin.ToString();
        }

        foreach ((string name, string value) in _settings.Labels)
        {
            labels[name] = value;
        }

        foreach ((string name, string? value) in new[] { ("org.opencontainers.image.source", _request.Source), ("org.opencontainers.image.revision", _request.Revision) })
        {
            if (!string.IsNullOrEmpty(value))
            {
                labels[name] = value;
            }
        }

        return labels;
    }

    private async Task<EngineImage> SendAsync(SentDockerfile sent, long epoch, CancellationToken cancellationToken)
    {
        string folder = _request.Context ?? (_settings.Context.Length > 0 ? _settings.Context : Path.GetDirectoryName(_request.Path)!);
        BuildContext context = await BuildContext.OpenAsync(folder, _request.Path, takesIgnoreFile: !_buildKit && !_engine.Info.IsPodman, rereadsIgnoreFile: _engine.Info.IsPodman, cancellationToken).ConfigureAwait(false);
        FileStream tar = await context.WriteAsync(_cache, sent.Bytes, epoch, _request.Variation?.ContextOrder, _reporter, cancellationToken).ConfigureAwait(false);
        _reporter.Verbose($"{_inputs.Name}: the context has {context.Entries.Count} files and folders, {tar.Length} bytes as a tar.");
        string name = $"{Repository}:{_labels.Id}";
        EngineBuildPlan plan = new()
        {
            Dockerfile = context.Dockerfile,
            Name = name,
            Target = _inputs.Target.Index == _inputs.File.Stages.Count - 1 ? "" : _inputs.Target.Name ?? _inputs.Target.Index.ToString(CultureInfo.InvariantCulture),
            Platform = _platform == _engine.Info.Platform ? null : _platform,
            Arguments = Arguments(epoch),
            Network = (_request.Network ?? _settings.Network ?? BuildNetwork.None).ToString().ToLowerInvariant(),
            NoCache = _request.NoCache,
            BuildKit = _buildKit,
            Processors = _request.Variation?.Processors ?? "",
        };
        string[] secrets = [.. _inputs.Arguments.Secrets];
        BuildTranscript transcript = new(sent.Steps, _request.Path, secrets, _reporter);
        try
        {
            Stream messages = await _engine.Builds.BuildAsync(plan, tar, cancellationToken).ConfigureAwait(false);
            await using (messages.ConfigureAwait(false))
            {
                await foreach (JObject message in EngineMessages.ReadAsync(messages, _engine.Connection, What, cancellationToken).ConfigureAwait(false))
                {
                    transcript.Take(message);
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new EngineAnswerInvalidException(_engine.Host, $"a message of the build has {e.Message}", e);
        }
        finally
        {
            transcript.End();
            await tar.DisposeAsync().ConfigureAwait(false);
        }

        return await _engine.Images.InspectAsync(name, cancellationToken).ConfigureAwait(false)
            ?? throw new EngineAnswerInvalidException(_engine.Host, "it says that it built the image, and does not have it");
    }

    private SortedDictionary<string, string> Arguments(long epoch)
    {
        SortedDictionary<string, string> arguments = new(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = epoch.ToString(CultureInfo.InvariantCulture) };
        foreach ((string name, string value) in _inputs.Arguments.Values)
        {
            arguments[name] = value;
        }

        // BuildKit sets these by itself; the others take them as any argument that is declared.
        HashSet<string> declared = new(_inputs.File.Instructions.Where(instruction => instruction.Name == "ARG").SelectMany(instruction => instruction.Pairs).Select(pair => pair.Name), StringComparer.Ordinal);
        foreach ((string name, string value) in _buildKit ? [] : _inputs.PlatformArguments(_platform, _engine.Info.Platform).Where(pair => declared.Contains(pair.Key)))
        {
            arguments.TryAdd(name, value);
        }

        return arguments;
    }

    // What others left behind is no reason not to build.
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunSweeper.SweepAsync(_engine, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineRequestFailedException e)
        {
            _reporter.Verbose($"What earlier builds may have left in {_engine.Info} is not looked for ({e.Message}).");
        }
    }

    // An engine ends the step that it is at after its client is gone: what was committed while this build ran goes too.
    private async Task SweepLateAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        try
        {
            await SweepAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BaseImageException or OperationCanceledException)
        {
            _reporter.Verbose($"What earlier builds may have left in {_engine.Info} is looked for by the next build ({e.Message}).");
        }
    }

    // Whoever tidies up may be leaving with an error already, and must not wait for an engine that is gone.
    private async Task CleanAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        try
        {
            List<Digest> parents = [];
            if (_lent.Count > 0 && !_engine.Info.IsPodman)
            {
                // Docker takes a last name away with its image alone: the name goes to an image that goes anyway.
                Digest empty = await DownloadImage.LoadAsync(_engine, _cache, [], _platform, _labels.Labels, FirstEpoch, patience.Token).ConfigureAwait(false);
                foreach ((_, string tag) in _lent)
                {
                    await _engine.Images.TagAsync(empty.ToString(), Repository, tag, patience.Token).ConfigureAwait(false);
                }
            }

            if (!_buildKit && !_engine.Info.IsPodman)
            {
                await NoteParentsAsync(parents, patience.Token).ConfigureAwait(false);
            }

            await RunSweeper.RemoveRunAsync(_engine, _labels.Id, patience.Token).ConfigureAwait(false);
            await RemoveTriggeredAsync(parents, patience.Token).ConfigureAwait(false);
            foreach ((Digest id, string tag) in _engine.Info.IsPodman ? _lent : [])
            {
                await _engine.Images.UntagAsync(id, Repository, tag, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is BaseImageException or OperationCanceledException)
        {
            _reporter.Verbose($"What is left of the build in {_engine.Info} could not be removed ({e.Message}); the next build takes it away.");
        }
    }

    // Triggers of a base run before the first step of a stage, so that what they make has no label of ours: it is found as
    // what the labelled images stand on.
    private async Task NoteParentsAsync(List<Digest> parents, CancellationToken cancellationToken)
    {
        foreach (LabelledItem item in (await _engine.Containers.FindAsync(RunLabels.Run, cancellationToken).ConfigureAwait(false)).Where(item => item.Kind is LabelledKind.Image && item.Labels.GetValueOrDefault(RunLabels.Run) == _labels.Id))
        {
            for (string id = item.Id; await _engine.Images.InspectAsync(id, cancellationToken).ConfigureAwait(false) is { } image && !image.Parent.IsEmpty && !_bases.Contains(image.Parent) && !parents.Contains(image.Parent);)
            {
                parents.Add(image.Parent);
                id = image.Parent.ToString();
            }
        }
    }

    // In the order in which they were met, from the top down: what something stands on cannot go.
    private async Task RemoveTriggeredAsync(List<Digest> parents, CancellationToken cancellationToken)
    {
        foreach (Digest id in parents)
        {
            if (await _engine.Images.InspectAsync(id.ToString(), cancellationToken).ConfigureAwait(false) is { Tags.Count: 0 })
            {
                await _engine.Containers.RemoveImageAsync(id.ToString(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static int Major(string version) => int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : 0;
}
