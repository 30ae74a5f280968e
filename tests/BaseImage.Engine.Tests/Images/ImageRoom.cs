using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Tests.Images;

/// <summary>A folder with a store and a cache of its own, and the room's doors opened on it.</summary>
internal sealed class ImageRoom : IDisposable
{
    private readonly Lazy<ContentCache> _cache;

    public ImageRoom() => _cache = new Lazy<ContentCache>(() => ContentCache.Open(Paths.CacheRoot));

    public TempFolder Folder { get; } = new("images");

    /// <summary>The room's cache.</summary>
    public ContentCache Cache => _cache.Value;

    /// <summary>The facts of layers; each shelf remembers nothing but what is in the cache.</summary>
    public LayerShelf Shelf => new(() => _cache.Value);

    public BaseImagePaths Paths => new(Folder.Combine("cache"), Folder.Combine("store"), []);

    public Task<ImageReference> WriteAsync(string destination, BuiltImage image, params string[] tags)
        => ImageDestinations.Parse(destination, Paths).WriteAsync(image, tags, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<ContainerImage>> ReadAsync(string reference, Func<string, Exception, Task>? failed = null)
    {
        List<ContainerImage> images = [];
        await foreach (ContainerImage image in new ImageReading(() => Paths).ReadAsync(reference, failed ?? ((_, failure) => Task.FromException(failure)), TestContext.Current.CancellationToken))
        {
            images.Add(image);
        }

        return images;
    }

    /// <summary>Everything that an image's documents and layers say, every byte read: what two copies of one image share.</summary>
    public async Task<string> FingerprintAsync(string reference)
    {
        await using IImageSource source = await ImageSources.OpenAsync(ImageReference.Parse(reference), Paths, null, TestContext.Current.CancellationToken);
        List<string> lines = [];
        foreach (SourceImage image in await source.ReadAsync(TestContext.Current.CancellationToken))
        {
            lines.Add($"image {image.Root.Digest}");
            foreach (SourceManifest manifest in image.Manifests)
            {
                lines.Add($"{manifest.Platform} {manifest.ConfigDescriptor.Digest}");
                foreach (SourceLayer layer in manifest.Layers)
                {
                    await using Stream tar = await layer.OpenTarAsync(TestContext.Current.CancellationToken);
                    using MemoryStream copy = new();
                    await tar.CopyToAsync(copy, TestContext.Current.CancellationToken);
                    lines.Add($"{layer.DiffId} {copy.Length}");
                    Assert.Equal(layer.DiffId, Digest.Of(copy.ToArray()));
                }
            }
        }

        return string.Join('\n', lines);
    }

    public void Dispose()
    {
        if (_cache.IsValueCreated)
        {
            _cache.Value.Dispose();
        }

        Folder.Dispose();
    }
}
