using System.Diagnostics;
using System.Security.Cryptography;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Tests.Storage;

public sealed class CacheKillTests
{
    private const string Variable = "BASEIMAGE_TEST_KILLED_CACHE";

    /// <summary>The test runs itself in another process, which fills the cache until it is killed.</summary>
    [Fact]
    public async Task A_cache_whose_writer_was_killed_is_whole_and_clean()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } shared)
        {
            using ContentCache endless = ContentCache.Open(shared);
            // Bounded all the same: should the parent be killed, this must not fill a disk.
            for (int i = 0; i < 200; i++)
            {
                using MemoryStream content = new(RandomNumberGenerator.GetBytes(2_000_000));
                await endless.AddAsync(content, null, "random", stop);
            }

            return;
        }

        using TempFolder folder = new();
        string program = Path.Combine(AppContext.BaseDirectory, "BaseImage.Engine.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(program, ["-method", $"{typeof(CacheKillTests).FullName}.{nameof(A_cache_whose_writer_was_killed_is_whole_and_clean)}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Variable] = folder.Path;
        using Process writer = Process.Start(start)!;
        try
        {
            while (!Directory.Exists(folder.Combine("blobs")) || Blobs(folder).Length < 5)
            {
                Assert.False(writer.HasExited, "the writer ended by itself");
                await Task.Delay(5, stop);
            }

            // While it writes, another process may use the cache and does not disturb it.
            using (ContentCache beside = ContentCache.Open(folder.Path))
            {
                Assert.NotEmpty(Directory.EnumerateFiles(folder.Combine("tmp"), "lock", SearchOption.AllDirectories));
            }

            Assert.False(writer.HasExited);
        }
        finally
        {
            writer.Kill(entireProcessTree: true);
            await writer.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Single(Directory.EnumerateDirectories(folder.Combine("tmp")));
        using (ContentCache after = ContentCache.Open(folder.Path))
        {
            Assert.Single(Directory.EnumerateDirectories(folder.Combine("tmp")));
            string[] blobs = Blobs(folder);
            foreach (string blob in blobs)
            {
                Assert.True(await after.ContainsAsync(Digest.FromSha256Hex(Path.GetFileName(blob)), stop));
            }

            Assert.Equal(blobs, Blobs(folder));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Combine("tmp")));
    }

    private static string[] Blobs(TempFolder folder)
        => [.. Directory.EnumerateFiles(folder.Combine("blobs"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
