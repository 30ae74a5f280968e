using BaseImage.Documents;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Optimising;
using BaseImage.Engine.Optimising.Traces;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Optimising;

/// <summary>The room's door with folders of its own, on one engine or on none.</summary>
internal sealed class OptimizeRoom : IDisposable
{
    private static readonly DateTimeOffset s_created = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly TempFolder _folder = new("optimize");
    private readonly EngineConnections _connections = new(_ => null);
    private readonly ContentCache _cache;
    private readonly EngineAddress _address;

    private OptimizeRoom(string host) => (_address, _cache) = (new EngineAddress(host), ContentCache.Open(_folder.Combine("cache")));

    private BaseImagePaths Paths => new(_folder.Combine("cache"), _folder.Combine("store"), []);

    public static async Task<OptimizeRoom> OpenAsync(string engine) => new((await TestEngines.GetAsync(engine, "optimising")).Host);

    /// <summary>A room from which no engine can be reached.</summary>
    public static OptimizeRoom WithoutEngine() => new("unix:///nowhere/e.sock");

    public string Combine(string name) => _folder.Combine(name);

    /// <summary>Writes an image of tars that lie in files.</summary>
    public async Task<string> ImageAsync(string name, ImageConfig config, params string[] tars)
    {
        List<BuiltLayer> layers = [];
        foreach (string tar in tars)
        {
            await using FileStream stream = File.OpenRead(tar);
            Digest digest = Digest.FromSha256(await System.Security.Cryptography.SHA256.HashDataAsync(stream, TestContext.Current.CancellationToken));
            layers.Add(new BuiltLayer(new OciDescriptor(MediaTypes.OciLayer, digest, stream.Length), digest, _ => ValueTask.FromResult<Stream>(File.OpenRead(tar))));
        }

        BuiltDocument document = OciDocuments.Config(new OciConfig
        {
            Platform = Platform.LinuxAmd64,
            Created = s_created,
            Config = config,
            DiffIds = [.. layers.Select(layer => layer.DiffId)],
            History = [.. layers.Select(_ => new ImageHistory(s_created, "test", "", false))],
        });
        BuiltManifest manifest = new() { Platform = Platform.LinuxAmd64, Config = document, Layers = layers, Manifest = OciDocuments.Manifest(document.Descriptor, layers.Select(layer => layer.Descriptor)) };
        string reference = "oci:" + _folder.Combine(name);
        await ImageDestinations.Parse(reference, Paths).WriteAsync(new BuiltImage { Name = name, Manifests = [manifest] }, ["1"], TestContext.Current.CancellationToken);
        return reference;
    }

    /// <summary>Writes a tar of bytes into a file.</summary>
    public async Task<string> TarAsync(string name, TestTar tar)
    {
        string path = _folder.Combine(name);
        await File.WriteAllBytesAsync(path, tar.ToArray(), TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Writes a policy.</summary>
    public async Task<string> PolicyAsync(string optimize)
    {
        string path = _folder.Combine("policy.json");
        await File.WriteAllTextAsync(path, $$"""{ "SchemaVersion": 1, "Optimize": {{optimize}} }""", TestContext.Current.CancellationToken);
        return path;
    }

    public Task<OptimizationResult> OptimizeAsync(string reference, string destination, Func<OptimizationRequest, OptimizationRequest>? change = null, bool confirm = true)
    {
        EngineImages engine = new(_connections, _address, () => _cache, new EngineBatches());
        RuntimeProber prober = new(async token => await _connections.OpenAsync(_address, token), _cache.NewTemporaryPath, TimeProvider.System);
        ImageOptimizer optimizer = new(() => Paths, new InspectionFacts(() => Paths, new LayerShelf(() => _cache), engine), Auditing.AuditorTests.Policies, new StartProof(prober), new TraceRecorder(prober), () => _cache, text => ImageDestinations.Parse(text, Paths, engine), engine);
        OptimizationRequest request = new()
        {
            Reference = reference,
            Destinations = ["oci:" + _folder.Combine(destination)],
            Runtime = new RuntimeRequest { ConfirmAsync = (_, _) => Task.FromResult(confirm), Watch = TimeSpan.FromSeconds(1) },
        };
        return optimizer.OptimizeAsync(change is null ? request : change(request), SilentReporter.Instance, TestContext.Current.CancellationToken);
    }

    /// <summary>The paths of an image's files.</summary>
    public async Task<IReadOnlyList<ImageFile>> FilesAsync(string reference)
    {
        List<ImageFile> files = [];
        await foreach (ImageFile file in new ImageFileReading(() => Paths).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            files.Add(file);
        }

        return files;
    }

    /// <summary>The names of an image's packages.</summary>
    public async Task<IReadOnlyList<string>> PackagesAsync(string reference)
    {
        List<string> packages = [];
        await foreach (ImagePackage package in new ImagePackageReading(() => Paths).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            packages.Add(package.Name);
        }

        return packages;
    }

    public void Dispose()
    {
        _cache.Dispose();
        _connections.Dispose();
        _folder.Dispose();
    }
}
