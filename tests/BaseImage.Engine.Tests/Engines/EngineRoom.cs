using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>The room's doors opened on one engine, with a cache of its own.</summary>
internal sealed class EngineRoom : IDisposable
{
    private readonly TempFolder _folder = new("engine-room");
    private readonly EngineConnections _connections;
    private readonly Lazy<ContentCache> _cache;
    private readonly EngineBatches _batches = new();

    public EngineRoom(string host, EngineTimeouts? timeouts = null)
    {
        _connections = new EngineConnections(_ => null, timeouts);
        _cache = new Lazy<ContentCache>(() => ContentCache.Open(Paths.CacheRoot));
        Address = new EngineAddress(host);
    }

    public EngineAddress Address { get; }

    public BaseImagePaths Paths => new(_folder.Combine("cache"), _folder.Combine("store"), []);

    public EngineImages Engine => new(_connections, Address, () => _cache.Value, _batches);

    /// <summary>Temporary files of exports and loads that are there now.</summary>
    public IReadOnlyList<string> Temporary => [.. _folder.List().Where(path => path.StartsWith("cache/", StringComparison.Ordinal) && !path.EndsWith('/') && !path.EndsWith("/lock", StringComparison.Ordinal) && path.Contains("tmp", StringComparison.Ordinal))];

    public Task<DockerEngine> MeetAsync() => _connections.OpenAsync(Address, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<ContainerImage>> ReadAsync(string reference, Func<string, Exception, Task>? failed = null)
    {
        List<ContainerImage> images = [];
        await foreach (ContainerImage image in new ImageReading(() => Paths, Engine).ReadAsync(reference, failed ?? ((_, failure) => Task.FromException(failure)), TestContext.Current.CancellationToken))
        {
            images.Add(image);
        }

        return images;
    }

    public async Task<IReadOnlyList<string>> FilesAsync(string reference)
    {
        List<string> files = [];
        await foreach (ImageFile file in new ImageFileReading(() => Paths, Engine).ReadAsync(reference, null, TestContext.Current.CancellationToken))
        {
            files.Add($"{file.Path} {file.Digest}");
        }

        return files;
    }

    public Task<ImageReference> WriteAsync(string destination, BuiltImage image, params string[] tags)
        => ImageDestinations.Parse(destination, Paths, Engine).WriteAsync(image, tags, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _connections.Dispose();
        if (_cache.IsValueCreated)
        {
            _cache.Value.Dispose();
        }

        _folder.Dispose();
    }
}
