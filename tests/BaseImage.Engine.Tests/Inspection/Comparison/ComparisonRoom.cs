using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>What an image is made of; the defaults are the same each time.</summary>
internal sealed record TestBuild(params byte[][] Tars)
{
    public ImageConfig Config { get; init; } = new() { User = "1:1", Env = ["PATH=/bin"], Cmd = ["/bin/true"] };

    public DateTimeOffset Created { get; init; } = DateTimeOffset.UnixEpoch.AddDays(20_000);

    public Platform Platform { get; init; } = Platform.LinuxAmd64;

    public IReadOnlyList<ImageHistory>? History { get; init; }

    public Codec Codec { get; init; } = Codec.Gzip;

    public Dictionary<string, string> Annotations { get; init; } = [];

    public BuiltManifest Build()
    {
        BuiltLayer[] layers = [.. Tars.Select(Layer)];
        BuiltDocument config = OciDocuments.Config(new OciConfig
        {
            Platform = Platform,
            Created = Created,
            Config = Config,
            DiffIds = [.. layers.Select(layer => layer.DiffId)],
            History = History ?? [.. layers.Select((_, i) => new ImageHistory(Created, $"/bin/sh -c make layer {i}", "", false))],
        });
        return new BuiltManifest { Platform = Platform, Config = config, Layers = layers, Manifest = OciDocuments.Manifest(config.Descriptor, layers.Select(layer => layer.Descriptor), Annotations) };
    }

    public BuiltImage Image(string name = "i") => new() { Name = name, Manifests = [Build()] };

    private BuiltLayer Layer(byte[] tar)
    {
        using MemoryStream blob = new();
        using (Stream compressor = Codec.Compress(blob))
        {
            compressor.Write(tar);
        }

        byte[] bytes = blob.ToArray();
        return new BuiltLayer(new OciDescriptor(MediaTypes.OciLayer + Codec.MediaTypeSuffix, Digest.Of(bytes), bytes.Length), Digest.Of(tar), _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes, writable: false)));
    }
}

/// <summary>A room whose images can be compared.</summary>
internal sealed class ComparisonRoom : IDisposable
{
    private readonly EngineConnections _connections = new(_ => null);
    private readonly EngineBatches _batches = new();
    private int _images;

    public ImageRoom Images { get; } = new();

    public IReadOnlyList<string> Warnings => _reporter.Warnings;

    private readonly Listening _reporter = new();

    public ImageComparer Comparer => new(
        () => Images.Paths,
        address => new EngineImages(_connections, address ?? EngineAddress.Default, () => Images.Cache, _batches),
        new ShelvedLayers(Images.Shelf),
        () => Images.Cache,
        SafeText.Of,
        async (path, token) => new HistoryMap(await DockerfileReader.ReadAsync(path, token)));

    /// <summary>Compares two images that are written to layouts of their own.</summary>
    public async Task<ImageComparison> CompareAsync(TestBuild left, TestBuild right, string? dockerfile = null, params ImageDifferenceKind[] kinds)
        => Assert.Single(await CompareAsync(new ComparisonRequest { ReferenceImage = await WriteAsync(left), DifferenceImage = await WriteAsync(right), DockerfilePath = dockerfile, Kinds = kinds }));

    public async Task<IReadOnlyList<ImageComparison>> CompareAsync(ComparisonRequest request)
    {
        List<ImageComparison> found = [];
        await foreach (ImageComparison comparison in Comparer.CompareAsync(request, _reporter, TestContext.Current.CancellationToken))
        {
            found.Add(comparison);
        }

        return found;
    }

    public Task<IReadOnlyList<ImageComparison>> CompareAsync(string left, string right) => CompareAsync(new ComparisonRequest { ReferenceImage = left, DifferenceImage = right });

    public async Task<string> WriteAsync(TestBuild build, string transport = "oci")
    {
        string place = $"{transport}:{Images.Folder.Combine($"image{_images++}{(transport == "oci" ? "" : ".tar")}")}";
        await Images.WriteAsync(place, build.Image(), "x");
        return place;
    }

    public void Dispose()
    {
        Images.Dispose();
        _connections.Dispose();
    }

    private sealed class Listening : IReporter
    {
        public List<string> Warnings { get; } = [];

        public void Verbose(string message)
        {
        }

        public void Warning(string message) => Warnings.Add(message);

        public void Progress(ProgressUpdate update)
        {
        }
    }
}
