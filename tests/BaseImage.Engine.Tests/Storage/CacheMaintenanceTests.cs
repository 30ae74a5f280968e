using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Storage;

/// <summary>What the cache says it holds, and what may be taken from it while others use it.</summary>
public sealed class CacheMaintenanceTests : IDisposable
{
    private readonly TempFolder _folder = new("cache");

    private CacheMaintenance Maintenance => new(() => new BaseImagePaths(_folder.Path, _folder.Combine("..", "store"), []));

    [Fact]
    public async Task Blobs_have_the_names_of_the_entries_that_point_to_them()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        using (ContentCache cache = ContentCache.Open(_folder.Path))
        {
            Digest package = await AddAsync(cache, "package");
            await cache.DescribeAsync(package, "package", "libc6 2.36-9 (amd64)\n\u001b[31m", stop);
            Digest fragment = await AddAsync(cache, "fragment");
            await cache.PutAsync("fragment", "key", "libc6", System.Text.Encoding.ASCII.GetBytes($"{fragment} 1 2 3"), stop);
            await cache.PutAsync("package-listing", "key", "libc6 2.36-9 (amd64)", "listing"u8.ToArray(), stop);
            await AddAsync(cache, "nobody's");
        }

        List<CacheEntry> all = await ReadAsync();
        Assert.Equal(
            ["Fragment libc6", "Listing libc6 2.36-9 (amd64)", "Other ", "Package libc6 2.36-9 (amd64)??[31m"],
            all.Select(entry => $"{entry.Kind} {entry.Name}").Order(StringComparer.Ordinal));
        long onDisk = new DirectoryInfo(_folder.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.Equal(onDisk, all.Sum(entry => entry.Size));
        Assert.All(all, entry => Assert.Equal(CacheEntryStatus.Unchecked, entry.Status));
        Assert.All(await ReadAsync(verify: true), entry => Assert.Equal(CacheEntryStatus.Sound, entry.Status));
    }

    [Fact]
    public async Task Every_changed_byte_of_every_file_is_found()
    {
        using (ContentCache cache = ContentCache.Open(_folder.Path))
        {
            await AddAsync(cache, "some content");
            await cache.PutAsync("layer", "key", "of things", "content"u8.ToArray(), TestContext.Current.CancellationToken);
        }

        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            byte[] sound = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            for (int i = 0; i < sound.Length; i++)
            {
                byte[] damaged = [.. sound];
                damaged[i] ^= 0x20;
                await File.WriteAllBytesAsync(file, damaged, TestContext.Current.CancellationToken);
                Assert.True((await ReadAsync(verify: true)).Single(entry => entry.Path == file).Status == CacheEntryStatus.Damaged, $"byte {i} of {file}");
            }

            await File.WriteAllBytesAsync(file, sound, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_a_running_command_used_stays_and_the_rest_goes()
    {
        using ContentCache cache = ContentCache.Open(_folder.Path);
        Digest used = await AddAsync(cache, "used"), unused = await AddAsync(cache, "unused");
        foreach (Digest digest in new[] { used, unused })
        {
            File.SetLastAccessTimeUtc(cache.BlobPath(digest), DateTime.UtcNow.AddDays(-1));
        }

        using (cache.BeginUse())
        {
            Assert.True(await cache.ContainsAsync(used, TestContext.Current.CancellationToken));
            Assert.Equal((true, false), await InUseAsync(cache, used, unused));
            Assert.Equal([false, true], new[] { used, unused }.Select(digest => Remove(cache, digest)));
        }

        Assert.True(await cache.ContainsAsync(used, TestContext.Current.CancellationToken));
        Assert.True(Remove(cache, used));
        Assert.False(await cache.ContainsAsync(used, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Looking_and_verifying_are_not_using()
    {
        using ContentCache cache = ContentCache.Open(_folder.Path);
        string path = cache.BlobPath(await AddAsync(cache, "old"));
        DateTime old = DateTime.UtcNow.AddDays(-9);
        File.SetLastWriteTimeUtc(path, old);
        File.SetLastAccessTimeUtc(path, old);
        await ReadAsync(verify: true);
        Assert.Equal(old.Ticks / TimeSpan.TicksPerSecond, File.GetLastAccessTimeUtc(path).Ticks / TimeSpan.TicksPerSecond);
    }

    [Fact]
    public void Nothing_outside_the_cache_is_removed()
    {
        using ContentCache cache = ContentCache.Open(_folder.Path);
        string mine = _folder.Combine("mine.txt");
        File.WriteAllText(mine, "mine");
        foreach (string path in new[] { mine, "/etc/hostname", _folder.Combine("blobs", "..", "mine.txt"), _folder.Path })
        {
            Assert.Throws<CacheEntryUnknownException>(() => Maintenance.Remove(new CacheEntry { Kind = CacheEntryKind.Other, Path = path }));
        }

        Assert.True(File.Exists(mine));
    }

    [Fact]
    public void A_size_is_reached_by_the_least_recently_used()
    {
        static CacheEntry Entry(int day, long size, bool inUse = false) => new() { Kind = CacheEntryKind.Other, Path = $"{day}", Size = size, LastUsed = DateTimeOffset.UnixEpoch.AddDays(day), InUse = inUse };
        CacheEntry[] all = [Entry(5, 10), Entry(1, 10, inUse: true), Entry(2, 10), Entry(3, 10)];
        Assert.Equal(["2"], CacheShrinking.Choose(all, all, 30).Select(entry => entry.Path));
        Assert.Equal(["2", "3", "5"], CacheShrinking.Choose(all, all, 0).Select(entry => entry.Path));
        Assert.Empty(CacheShrinking.Choose(all, all, 40));
    }

    [Fact]
    public async Task Builds_beside_a_process_that_never_stops_clearing_give_the_golden_digest()
    {
        using TempFolder mirror = new("mirror");
        using VictimProject project = await VictimProject.SmallAsync(mirror);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int removed = 0;
        Task clearing = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                CacheMaintenance cache = new(() => new BaseImagePaths(project.Cache, project.Store, []));
                await foreach (CacheEntry entry in cache.ReadAsync(verify: false, SilentReporter.Instance, CancellationToken.None))
                {
                    removed += cache.Remove(entry) ? 1 : 0;
                }
            }
        }, CancellationToken.None);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(project.Golden, await project.RunAsync());
        }

        await end.CancelAsync();
        await clearing;
        Assert.True(removed > 0);
        Assert.Equal(project.Golden, await project.RunAsync());
        Assert.Empty(await project.FlawsAsync());
    }

    [Fact]
    public async Task A_full_disk_is_one_clear_error_and_breaks_nothing()
    {
        string mount = Tools.Require("mount"), unmount = Tools.Require("umount");
        using TempFolder mirror = new("mirror");
        using VictimProject project = await VictimProject.SmallAsync(mirror);
        foreach (string folder in new[] { project.Cache, project.Store })
        {
            project.Reset();
            Directory.CreateDirectory(folder);
            (int code, _, string said) = await Tools.TryRunAsync(mount, ["-t", "tmpfs", "-o", "size=700k", "tmpfs", folder]);
            Tools.Require(code == 0, $"no tmpfs can be mounted here: {said}");
            try
            {
                string result = await project.RunAsync();
                Assert.StartsWith("exit 1: PathNotWritable: ", result, StringComparison.Ordinal);
                Assert.Contains("No space left on device", result, StringComparison.Ordinal);
                Assert.DoesNotContain(Directory.EnumerateFiles(folder, "*.tmp", SearchOption.AllDirectories), _ => true);
                Assert.Equal(0, (await Tools.TryRunAsync(mount, ["-o", "remount,size=200m", folder])).Code);
                Assert.Equal(project.Golden, await project.RunAsync());
                Assert.Empty(await project.FlawsAsync());
            }
            finally
            {
                await Tools.RunAsync(unmount, [folder]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private async Task<List<CacheEntry>> ReadAsync(bool verify = false)
    {
        List<CacheEntry> all = [];
        await foreach (CacheEntry entry in Maintenance.ReadAsync(verify, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            all.Add(entry);
        }

        return all;
    }

    private async Task<(bool First, bool Second)> InUseAsync(ContentCache cache, Digest first, Digest second)
    {
        List<CacheEntry> all = await ReadAsync();
        bool Of(Digest digest) => all.Single(entry => entry.Path == cache.BlobPath(digest)).InUse;
        return (Of(first), Of(second));
    }

    private bool Remove(ContentCache cache, Digest digest) => Maintenance.Remove(new CacheEntry { Kind = CacheEntryKind.Other, Path = cache.BlobPath(digest) });

    private static async Task<Digest> AddAsync(ContentCache cache, string text)
    {
        using MemoryStream content = new(System.Text.Encoding.UTF8.GetBytes(text));
        return await cache.AddAsync(content, null, text, TestContext.Current.CancellationToken);
    }
}
