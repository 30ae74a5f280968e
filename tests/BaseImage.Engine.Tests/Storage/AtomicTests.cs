using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Storage;

public sealed class AtomicTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_file_is_written_whole_or_not_at_all()
    {
        using TempFolder folder = new();
        string path = folder.Combine("a", "file");
        await AtomicFile.WriteAsync(path, "one"u8.ToArray(), None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => AtomicFile.WriteAsync(path, async (stream, token) =>
        {
            await stream.WriteAsync("half"u8.ToArray(), token);
            throw new InvalidOperationException();
        }, None));
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AtomicFile.WriteAsync(path, (_, _) => stop.CancelAsync(), stop.Token));
        Assert.Equal("one", await File.ReadAllTextAsync(path));
        Assert.Equal(["a/", "a/file"], folder.List());
        await Assert.ThrowsAsync<PathNotWritableException>(() => AtomicFile.WriteAsync(Path.Combine(path, "below"), "x"u8.ToArray(), None));
    }

    [Fact]
    public async Task A_folder_is_filled_whole_or_not_at_all()
    {
        using TempFolder folder = new();
        string path = folder.Combine("out");
        Task Fill(string at, CancellationToken token) => File.WriteAllTextAsync(Path.Combine(at, "x"), "1", token);
        await AtomicFolder.WriteAsync(path, Fill, replace: false, None);
        await Assert.ThrowsAsync<PathExistsException>(() => AtomicFolder.WriteAsync(path, Fill, replace: false, None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => AtomicFolder.WriteAsync(path, async (at, token) =>
        {
            await File.WriteAllTextAsync(Path.Combine(at, "y"), "2", token);
            throw new InvalidOperationException();
        }, replace: true, None));
        Assert.Equal(["out/", "out/x"], folder.List());
        await AtomicFolder.WriteAsync(path, (at, token) => File.WriteAllTextAsync(Path.Combine(at, "z"), "3", token), replace: true, None);
        Assert.Equal(["out/", "out/z"], folder.List());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Parallel_work_keeps_the_order_the_bound_and_the_first_failure(int workers)
    {
        int running = 0, most = 0;
        IReadOnlyList<int> squares = await BoundedParallel.SelectAsync([.. Enumerable.Range(0, 100)], workers, async (i, _) =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return i * i;
        }, None);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * i), squares);
        Assert.InRange(most, 1, workers);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => BoundedParallel.ForEachAsync([.. Enumerable.Range(0, 4)], workers,
            (i, _) => Task.FromException(new InvalidOperationException($"{i}")), None));
        Assert.Equal("0", error.Message);
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BoundedParallel.ForEachAsync([1, 2, 3], workers, (_, _) => stop.CancelAsync(), stop.Token));
    }

    [Fact]
    public void Folders_come_from_the_environment_and_relative_xdg_paths_do_not_count()
    {
        Dictionary<string, string> environment = new() { ["HOME"] = "/home/x", ["BASEIMAGE_CACHE"] = Path.GetTempPath() };
        BaseImagePaths paths = BaseImagePaths.FromEnvironment(environment.GetValueOrDefault);
        Assert.Equal(Path.GetFullPath(Path.GetTempPath()), paths.CacheRoot);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal("/home/x/.local/share/baseimage/store", paths.StoreRoot);
            environment["XDG_DATA_HOME"] = "relative";
            environment["XDG_CONFIG_HOME"] = "/config";
            paths = BaseImagePaths.FromEnvironment(environment.GetValueOrDefault);
            Assert.Equal("/home/x/.local/share/baseimage/store", paths.StoreRoot);
            Assert.Equal(["/config/baseimage/baseimage.config.psd1", "/etc/baseimage/baseimage.config.psd1"], paths.ConfigFiles);
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
            continue;
        }
    }
}
