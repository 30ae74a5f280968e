using System.Collections.Concurrent;
using BaseImage.Engine.Building;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building;

/// <summary>Builds images of packages that a test makes, in memory but for the cache's folder.</summary>
internal sealed class BuildBench : IDisposable
{
    private readonly TempFolder _folder = new("bench");
    private ContentCache? _cache;

    /// <summary>The packages.</summary>
    public TestLocks Packages { get; } = new();

    /// <summary>The epoch of every image unless a test says otherwise: 2024-06-01.</summary>
    public static DateTimeOffset Epoch => TestLocks.Epoch;

    /// <summary>The cache's folder.</summary>
    public TempFolder Folder => _folder;

    /// <summary>The cache.</summary>
    public ContentCache Cache => _cache ??= ContentCache.Open(_folder.Combine("cache"));

    /// <summary>Archives that were opened, by package.</summary>
    public ConcurrentQueue<string> Opened => Packages.Opened;

    /// <summary>Warnings of the last build.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Counters of the last build.</summary>
    public BuildCounters Counters { get; private set; } = new();

    /// <summary>A definition of nothing but a name.</summary>
    public static ImageDefinition Definition => TestLocks.Definition;

    /// <summary>A lock of packages for one platform.</summary>
    public ImageLock Lock(params TestDeb[] packages) => Packages.Lock((Platform.LinuxAmd64, packages));

    /// <summary>A lock of packages.</summary>
    public ImageLock Lock(params (Platform Platform, TestDeb[] Packages)[] platforms) => Packages.Lock(platforms);

    /// <summary>Builds.</summary>
    public async Task<BuiltImage> BuildAsync(ImageLock imageLock, ImageDefinition? definition = null, int workers = 2, LayerCompression compression = LayerCompression.Gzip, DateTimeOffset? epoch = null, OpenedBase? below = null)
    {
        Recorder recorder = new();
        BuildRequest request = new() { Definition = definition ?? Definition, Lock = imageLock, Access = new ArchiveAccess(), Workers = workers, Compression = compression, SourceDateEpoch = epoch };
        using NativeBuild build = new(request, Cache, Packages, recorder, below);
        try
        {
            return await build.RunAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            Warnings = [.. recorder.Warnings];
            Counters = build.Counters;
        }
    }

    /// <summary>Reads a layer into a file system.</summary>
    public static async Task<MergedFileSystem> ReadAsync(BuiltLayer layer)
    {
        using MemoryStream blob = new(await BytesAsync(layer));
        MergedFileSystem files = new();
        using Stream tar = Codecs.OpenDecompressed(blob, "layer", DecompressionLimits.Layer);
        files.Apply(new TarReader(tar, "layer"), 0, keepContent: _ => true);
        return files;
    }

    /// <summary>The bytes of a layer's blob.</summary>
    public static async Task<byte[]> BytesAsync(BuiltLayer layer)
    {
        using MemoryStream bytes = new();
        await using Stream stream = await layer.OpenAsync(TestContext.Current.CancellationToken);
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    /// <summary>Forgets all that was cached.</summary>
    public void ClearCache()
    {
        _cache?.Dispose();
        _cache = null;
        if (Directory.Exists(_folder.Combine("cache")))
        {
            Directory.Delete(_folder.Combine("cache"), recursive: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache?.Dispose();
        _folder.Dispose();
    }

    private sealed class Recorder : IReporter
    {
        public ConcurrentQueue<string> Warnings { get; } = new();

        public void Verbose(string message)
        {
        }

        public void Warning(string message) => Warnings.Enqueue(message);

        public void Progress(ProgressUpdate update)
        {
        }
    }
}
