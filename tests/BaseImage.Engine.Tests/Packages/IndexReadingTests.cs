using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>The copy of an index that the cache keeps: used where it is what the signed Release file says, and only there.</summary>
public sealed class IndexReadingTests
{
    private const string Kind = "package-index";

    [Fact]
    public async Task A_kept_copy_is_read_and_the_archives_own_file_is_not_asked_for()
    {
        using Bench bench = new();
        LoadedSuite loaded = await bench.LoadAsync();
        Assert.Equal(["big"], (await bench.ReadAsync(loaded)).Names);
        File.Delete(bench.Cache.BlobPath(loaded.Packages[0].File.Sha256));
        Directory.Delete(bench.Archive.Root, recursive: true);
        PackageUniverse again = await bench.ReadAsync(loaded);
        Assert.Equal("1.2-3", Assert.Single(again.Versions("big")).Version.ToString());
    }

    [Theory]
    [InlineData("Package: evil\nVersion: 9\nArchitecture: amd64\n\nPackage: big\nVersion: 0.1\nArchitecture: amd64\n")]
    [InlineData("Package: evil\nVersion: 9\nArchitecture: amd64\n\nno control data")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_kept_copy_that_is_not_what_was_signed_counts_for_nothing_and_is_replaced(string? content)
    {
        using Bench bench = new();
        LoadedSuite loaded = await bench.LoadAsync();
        string key = loaded.Release.Files["main/binary-amd64/Packages"].Sha256.ToString();
        using MemoryStream planted = new();
        if (content is not null)
        {
            Codec.Zstd.CompressBlock(System.Text.Encoding.UTF8.GetBytes(content), content.Length, planted);
            planted.Position = 0;
        }

        await bench.Cache.PutBlobAsync(Kind, key, await bench.Cache.AddAsync(planted, null, "planted", CancellationToken.None), CancellationToken.None);
        PackageUniverse universe = await bench.ReadAsync(loaded);
        Assert.Equal("1.2-3", Assert.Single(universe.Versions("big")).Version.ToString());
        Assert.Empty(universe.Versions("evil"));
        Assert.Single(universe.Providers("thing"));
        Assert.Equal(1, universe.Count);
        CachedBlob kept = (await bench.Cache.TryOpenBlobAsync(Kind, key, CancellationToken.None))!;
        await using (kept)
        {
            using Stream plain = Codecs.OpenDecompressed(kept.Content, "kept", DecompressionLimits.Index);
            using MemoryStream all = new();
            await plain.CopyToAsync(all);
            Assert.Equal(key, Digest.Of(all.ToArray()).ToString());
        }
    }

    [Fact]
    public async Task A_small_index_is_not_kept()
    {
        using Bench bench = new(description: 10);
        await bench.ReadAsync(await bench.LoadAsync());
        Assert.False(Directory.Exists(bench.Folder.Combine("cache", "entries", Kind)));
    }

    private sealed class Bench : IDisposable
    {
        private readonly ArchiveClient _client;

        public Bench(int description = 2000)
        {
            string lines = string.Concat(Enumerable.Range(0, description).Select(i => $"\n {i} {new string('x', 800)}"));
            Archive = new TestArchive(Folder.Path) { Compressions = ["xz", ""], Architectures = ["amd64"] }
                .Add(new TestDeb("big", "1.2-3").Field("Provides: thing (= 4)").Field($"Comment: long{lines}")).Write();
            Cache = ContentCache.Open(Folder.Combine("cache"));
            _client = new ArchiveClient(new Mirrors { Access = Archive.Access, Environment = _ => null }, Cache, SilentReporter.Instance);
        }

        public TempFolder Folder { get; } = new();

        public TestArchive Archive { get; }

        public ContentCache Cache { get; }

        public Task<LoadedSuite> LoadAsync() => new IndexLoader(_client).LoadAsync(Archive.Source, Archive.Suite, ["amd64"], Archive.Date, null, CancellationToken.None);

        public async Task<PackageUniverse> ReadAsync(LoadedSuite suite) => await UniverseLoader.LoadAsync([(Archive.Source, suite)], "amd64", CancellationToken.None);

        public void Dispose()
        {
            _client.Dispose();
            Cache.Dispose();
            Folder.Dispose();
        }
    }
}
