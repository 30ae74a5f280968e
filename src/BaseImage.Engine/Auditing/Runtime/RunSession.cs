using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>
/// What one look at one image needs in an engine: the probe's image, a volume with the probe, and perhaps the image
/// itself. All of it is labelled, and removed when the session is disposed of; what a killed process left is removed
/// when the next session opens.
/// </summary>
internal sealed class RunSession : IAsyncDisposable
{
    private const string LabelsKey = "Labels";
    private const string Role = "org.baseimage.role";
    private static readonly TimeSpan CleaningTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private readonly Func<string> _temporaryPath;
    private string _probeImage = "";

    private RunSession(IContainerEngine engine, RunLabels labels, Func<string> temporaryPath) => (Engine, Labels, _temporaryPath) = (engine, labels, temporaryPath);

    /// <summary>The engine.</summary>
    public IContainerEngine Engine { get; }

    /// <summary>Whose everything is.</summary>
    public RunLabels Labels { get; }

    /// <summary>The volume with the probe.</summary>
    public string Volume => "baseimage-" + Labels.Id;

    /// <summary>Cleans up after ended processes, brings the probe to the engine and runs it once.</summary>
    /// <exception cref="ProbeNotRunnableException">The engine cannot run programs of this platform.</exception>
    public static async Task<RunSession> OpenAsync(IContainerEngine engine, Platform platform, TimeProvider time, Func<string> temporaryPath, TimeSpan patience, CancellationToken cancellationToken)
    {
        await RunSweeper.SweepAsync(engine, time, cancellationToken).ConfigureAwait(false);
        RunSession session = new(engine, RunLabels.New(time), temporaryPath);
        RunLabels.Begin(session.Labels.Id);
        try
        {
            await session.BringProbeAsync(platform, patience, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The probe in a container of its own: no user of the image's, nothing that it could do but read.</summary>
    public ContainerPlan ProbePlan(IReadOnlyList<string> arguments) => new()
    {
        Image = _probeImage,
        Entrypoint = [ProbeImage.Program],
        Arguments = arguments,
        Labels = Labels.Labels,
        ReadOnlyRoot = true,
        DropCapabilities = true,
        NoNewPrivileges = true,
        Memory = 32L << 20,
        Processes = 8,
        Processors = 0.5,
    };

    /// <summary>
    /// The probe beside a container, to say what all of its processes touch: it runs as root with the two capabilities that
    /// looking at the files of other users' processes takes (proc(5), "ptrace access mode"), and none else.
    /// </summary>
    public ContainerPlan TracingPlan(string container, TimeSpan time) => ProbePlan(["t", ((long)time.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)]) with
    {
        ProcessesOf = container,
        User = "0:0",
        AddCapabilities = ["SYS_PTRACE", "DAC_READ_SEARCH"],
    };

    /// <summary>Brings an image to the engine under a name of this run, with the run's labels, and gives its id.</summary>
    public async Task<string> BringAsync(SourceManifest manifest, CancellationToken cancellationToken)
    {
        // Its own id would be that of an image which the engine may have already, and which is not ours to remove.
        JObject config = StrictJson.ParseObject(manifest.ConfigBytes, "config", OciLimits.Json);
        JObject inner = config["config"] as JObject ?? [];
        JObject labels = inner[LabelsKey] as JObject ?? [];
        foreach ((string name, string value) in Roles("target"))
        {
            labels[name] = value;
        }

        (inner[LabelsKey], config["config"]) = (labels, inner);
        BuiltDocument document = new(MediaTypes.OciConfig, CanonicalJson.WriteCompact(config));
        List<BuiltLayer> layers = [];
        foreach (SourceLayer layer in manifest.Layers)
        {
            layers.Add(layer.Descriptor.Digest.IsEmpty ? await AsTarAsync(layer, cancellationToken).ConfigureAwait(false) : new BuiltLayer(layer.Descriptor, layer.DiffId, layer.OpenBlobAsync));
        }

        BuiltImage image = new()
        {
            Name = "baseimage-run",
            Manifests = [new BuiltManifest { Platform = manifest.Platform, Config = document, Layers = layers, Manifest = OciDocuments.Manifest(document.Descriptor, layers.Select(layer => layer.Descriptor)) }],
        };
        return await LoadAsync(image, "target", cancellationToken).ConfigureAwait(false);
    }

    // A layer of a Docker archive has no blob of its own; its tar stands for it.
    private static async Task<BuiltLayer> AsTarAsync(SourceLayer layer, CancellationToken cancellationToken)
    {
        long size = 0;
        byte[] buffer = new byte[1 << 16];
        Stream tar = await layer.OpenTarAsync(cancellationToken).ConfigureAwait(false);
        await using (tar.ConfigureAwait(false))
        {
            for (int read; (read = await tar.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                size += read;
            }
        }

        return new BuiltLayer(new OciDescriptor(MediaTypes.OciLayer, layer.DiffId, size), layer.DiffId, layer.OpenTarAsync);
    }

    /// <summary>Makes a container.</summary>
    public Task<string> CreateAsync(ContainerPlan plan, CancellationToken cancellationToken)
        => MakeAsync(token => Engine.Containers.CreateAsync(plan, token), cancellationToken);

    /// <summary>Removes containers, whatever was cancelled.</summary>
    public async Task RemoveAsync(params string?[] containers)
    {
        using CancellationTokenSource patience = new(CleaningTime);
        foreach (string id in containers.OfType<string>())
        {
            try
            {
                await Engine.Containers.RemoveAsync(id, patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is BaseImageException or OperationCanceledException)
            {
                // It is labelled: the session's end or the next session removes it.
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(CleaningTime);
        try
        {
            await RunSweeper.RemoveRunAsync(Engine, Labels.Id, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BaseImageException or OperationCanceledException)
        {
            // An engine that has gone away; the labels say to the next session whose it was.
        }
        finally
        {
            RunLabels.End(Labels.Id);
        }
    }

    // An engine goes on with what it was asked to make when nobody waits for it any more, and would be done after the
    // cleaning. So what is being made is waited for, for a moment, and then cleaned away.
    private static async Task<T> MakeAsync<T>(Func<CancellationToken, Task<T>> makeAsync, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenSource own = new();
        using CancellationTokenRegistration registration = cancellationToken.Register(() => own.CancelAfter(Grace));
        T made = await makeAsync(own.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return made;
    }

    private async Task BringProbeAsync(Platform platform, TimeSpan patience, CancellationToken cancellationToken)
    {
        _probeImage = await LoadAsync(ProbeImage.Build(platform, Roles("probe")), "probe", cancellationToken).ConfigureAwait(false);
        await MakeAsync(async token =>
        {
            await Engine.Containers.CreateVolumeAsync(Volume, Labels.Labels, token).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);

        // A new volume gets a copy of what the image has there when its first container starts.
        ContainerPlan plan = ProbePlan(["s"]) with { ReadOnlyRoot = false, Volumes = [new ContainerVolume(Volume, ProbeImage.Folder, IsReadOnly: false)] };
        string id = await CreateAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            ProbeReader reader = new();
            OutputTail tail = new();
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(patience);
            await using Stream stream = await Engine.Containers.AttachAsync(id, limit.Token).ConfigureAwait(false);
            await Engine.Containers.StartAsync(id, limit.Token).ConfigureAwait(false);
            await EngineOutput.ReadAsync(stream, (kind, bytes) => Take(kind, bytes, reader, tail), limit.Token).ConfigureAwait(false);
            if (!reader.Report.IsComplete)
            {
                throw new ProbeNotRunnableException(platform, tail.ToString());
            }
        }
        catch (EngineRequestFailedException e) when (e.Message.Contains("exec format error", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProbeNotRunnableException(platform, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProbeNotRunnableException(platform, "it said nothing in time");
        }
        finally
        {
            await RemoveAsync(id).ConfigureAwait(false);
        }
    }

    private static bool Take(int kind, ReadOnlyMemory<byte> bytes, ProbeReader reader, OutputTail tail)
    {
        if (kind == 1)
        {
            reader.Feed(bytes.Span);
        }
        else
        {
            tail.Add(bytes.Span);
        }

        return true;
    }

    private SortedDictionary<string, string> Roles(string role) => new(Labels.Labels.ToDictionary(pair => pair.Key, pair => pair.Value), StringComparer.Ordinal) { [Role] = role };

    private async Task<string> LoadAsync(BuiltImage image, string role, CancellationToken cancellationToken)
    {
        string path = _temporaryPath();
        try
        {
            await ArchiveWriting.WriteDockerAsync(path, image, [$"localhost/baseimage-run:{Labels.Id}-{role}"], cancellationToken).ConfigureAwait(false);
            await using FileStream archive = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await MakeAsync(token => Engine.Images.LoadAsync(archive, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            AtomicFile.TryDelete(path);
        }

        // What an engine calls an image depends on its store, so it is asked by the label.
        IReadOnlyList<LabelledItem> items = await Engine.Containers.FindAsync(RunLabels.Run, cancellationToken).ConfigureAwait(false);
        return items.FirstOrDefault(item => item.Kind is LabelledKind.Image && item.Labels.GetValueOrDefault(RunLabels.Run) == Labels.Id && item.Labels.GetValueOrDefault(Role) == role)?.Id
            ?? throw new EngineAnswerInvalidException(Engine.Host, "it loaded an image and does not list it");
    }
}

/// <summary>The engine does not run programs of a platform.</summary>
internal sealed class ProbeNotRunnableException(Platform platform, string reason) : Exception($"The engine does not run programs for {platform}{(reason.Length == 0 ? "" : $": {reason}")}");
