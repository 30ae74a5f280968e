using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Storage;

public sealed class ContentCacheTests
{
    private static readonly byte[] Content = "content"u8.ToArray();
    private static readonly CancellationToken None = CancellationToken.None;

    private static async Task<byte[]?> ReadAsync(ContentCache cache, Digest digest)
    {
        await using Stream? stream = await cache.TryOpenAsync(digest, None);
        if (stream is null)
        {
            return null;
        }

        using MemoryStream copy = new();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static async Task<Digest> AddAsync(ContentCache cache, byte[] content, Digest? expected = null)
    {
        using MemoryStream stream = new(content);
        return await cache.AddAsync(stream, expected, "name", None);
    }

    [Fact]
    public async Task A_blob_is_found_by_what_it_is()
    {
        using TempFolder folder = new();
        using ContentCache cache = ContentCache.Open(folder.Path), other = ContentCache.Open(folder.Path);
        Digest digest = await AddAsync(cache, Content);
        Assert.Equal(Digest.Of(Content), digest);
        Assert.Equal(Content, await ReadAsync(other, digest));
        Assert.Null(await ReadAsync(cache, Digest.Of("other"u8)));
        Assert.Equal(digest, await AddAsync(other, Content, digest));
    }

    [Fact]
    public async Task A_blob_of_another_digest_is_refused_and_leaves_nothing()
    {
        using TempFolder folder = new();
        using ContentCache cache = ContentCache.Open(folder.Path);
        IReadOnlyList<string> before = folder.List();
        await Assert.ThrowsAsync<DigestMismatchException>(() => AddAsync(cache, Content, Digest.Of("other"u8)));
        Assert.Equal(before, folder.List());
    }

    [Fact]
    public async Task Every_damage_to_a_blob_or_an_entry_makes_it_absent_even_when_it_was_read_before()
    {
        using TempFolder folder = new();
        using ContentCache cache = ContentCache.Open(folder.Path);
        Digest digest = await AddAsync(cache, Content);
        await cache.PutAsync("kind", "key", Content, None);
        await cache.PutBlobAsync("blob", "key", digest, None);
        string[] files = [.. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock")];
        Assert.Equal(3, files.Length);
        foreach (string file in files)
        {
            byte[] sound = await File.ReadAllBytesAsync(file);
            for (int at = -1; at < sound.Length; at++)
            {
                Assert.Equal(Content, await ReadAsync(cache, digest));
                Assert.Equal(Content, await cache.TryGetAsync("kind", "key", None));
                byte[] damaged = [.. sound];
                if (at < 0)
                {
                    damaged = sound[..^1];
                }
                else
                {
                    damaged[at] ^= 0x10;
                }

                await File.WriteAllBytesAsync(file, damaged);
                // A file system with coarse times must not hide the change from this test.
                File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(at));
                byte[]? blob = await ReadAsync(cache, digest);
                byte[]? entry = await cache.TryGetAsync("kind", "key", None);
                CachedBlob? keyed = await cache.TryOpenBlobAsync("blob", "key", None);
                Assert.True(blob is null || entry is null || keyed is null);
                Assert.True(blob is null || blob.SequenceEqual(Content));
                Assert.True(entry is null || entry.SequenceEqual(Content));
                if (keyed is not null)
                {
                    await keyed.DisposeAsync();
                }

                Assert.False(File.Exists(file), "the damaged file was not dropped");
                await File.WriteAllBytesAsync(file, sound);
            }
        }
    }

    [Fact]
    public async Task An_entry_put_in_anothers_place_is_absent()
    {
        using TempFolder folder = new();
        using ContentCache cache = ContentCache.Open(folder.Path);
        await cache.PutAsync("kind", "one", "1"u8.ToArray(), None);
        string one = Directory.EnumerateFiles(folder.Combine("entries"), "*", SearchOption.AllDirectories).Single();
        await cache.PutAsync("kind", "two", "2"u8.ToArray(), None);
        string two = Directory.EnumerateFiles(folder.Combine("entries"), "*", SearchOption.AllDirectories).Single(f => f != one);
        File.Copy(one, two, overwrite: true);
        Assert.Null(await cache.TryGetAsync("kind", "two", None));
        Assert.Equal("1"u8.ToArray(), await cache.TryGetAsync("kind", "one", None));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_removed_and_what_a_living_one_holds_is_not()
    {
        using TempFolder folder = new();
        using ContentCache living = ContentCache.Open(folder.Path);
        await using CacheWriter writer = living.CreateWriter();
        await writer.WriteAsync(Content);
        // A killed process leaves its folder with a lock file that nobody holds.
        string dead = folder.Combine("tmp", "dead");
        Directory.CreateDirectory(dead);
        await File.WriteAllTextAsync(Path.Combine(dead, "lock"), "");
        await File.WriteAllBytesAsync(Path.Combine(dead, "half"), Content);
        using (ContentCache next = ContentCache.Open(folder.Path))
        {
            Assert.False(Directory.Exists(dead));
        }

        Assert.Equal(Digest.Of(Content), await writer.CommitAsync(null, "name", None));
        Assert.Equal(Content, await ReadAsync(living, Digest.Of(Content)));
    }

    [Fact]
    public async Task Many_writers_of_the_same_and_of_other_content_do_not_disturb_each_other()
    {
        using TempFolder folder = new();
        using ContentCache one = ContentCache.Open(folder.Path), two = ContentCache.Open(folder.Path);
        byte[][] contents = [.. Enumerable.Range(0, 8).Select(i => Enumerable.Repeat((byte)i, 50_000).ToArray())];
        await BoundedParallel.ForEachAsync([.. Enumerable.Range(0, 200)], 8, async (i, token) =>
        {
            ContentCache cache = i % 2 == 0 ? one : two;
            Digest digest = await AddAsync(cache, contents[i % 8]);
            Assert.Equal(contents[i % 8], await ReadAsync(cache, digest));
            await cache.PutAsync("kind", $"{i % 8}", contents[i % 8], token);
            byte[]? entry = await cache.TryGetAsync("kind", $"{i % 8}", token);
            Assert.Equal(contents[i % 8], entry);
        }, None);
        Assert.Equal(8, Directory.EnumerateFiles(folder.Combine("blobs"), "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task A_temporary_folder_is_given_back_and_a_place_that_cannot_be_written_is_one_clear_error()
    {
        using TempFolder folder = new();
        using (ContentCache cache = ContentCache.Open(folder.Combine("cache")))
        {
            await AddAsync(cache, Content);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Combine("cache", "tmp")));
        await File.WriteAllTextAsync(folder.Combine("file"), "");
        Assert.Throws<PathNotWritableException>(() => ContentCache.Open(folder.Combine("file", "cache")));
    }
}
