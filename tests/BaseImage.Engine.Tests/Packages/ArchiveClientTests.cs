using System.Security.Cryptography;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

public sealed class ArchiveClientTests
{
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(300_000);
    private static readonly ArchiveSource Archive = new() { Id = "debian", Suites = ["bookworm"], Keyring = "debian-bookworm" };
    private static readonly ArchiveFile File = new("Package hello 1.0-1 (amd64)", "pool/main/h/hello/hello.deb", Content.Length, Digest.Of(Content));

    private static ArchiveClient Client(ContentCache cache, List<TimeSpan>? waits = null, bool offline = false, params string[] mirrors) => new(
        new Mirrors { Access = new ArchiveAccess { Offline = offline, Mirrors = [.. mirrors.Select(m => KeyValuePair.Create("debian", m))] }, AptFolder = null },
        cache, SilentReporter.Instance,
        new ArchiveClientOptions
        {
            IdleTimeout = TimeSpan.FromSeconds(waits is null ? 20 : 2),
            Attempts = 3,
            Wait = (time, _) =>
            {
                waits?.Add(time);
                return Task.CompletedTask;
            },
        });

    private static async Task<byte[]> FetchAsync(ArchiveClient client, ArchiveFile? file = null)
    {
        using MemoryStream copy = new();
        await using Stream stream = await client.OpenAsync(Archive, file ?? File, CancellationToken.None);
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static IEnumerable<string> Files(TempFolder folder) => folder.List().Where(f => !f.EndsWith('/') && !f.EndsWith("/lock", StringComparison.Ordinal));

    [Fact]
    public async Task A_file_is_fetched_once_and_then_comes_from_the_cache()
    {
        using TempFolder folder = new();
        await using HostileServer server = new((request, stream, _) => HostileServer.ServeAsync(request, stream, Content));
        using ContentCache cache = ContentCache.Open(folder.Path);
        using (ArchiveClient client = Client(cache, mirrors: server.Url))
        {
            Assert.Equal(Content, await FetchAsync(client));
        }

        using (ArchiveClient offline = Client(cache, offline: true, mirrors: server.Url))
        {
            Assert.Equal(Content, await FetchAsync(offline));
        }

        Assert.Equal("/pool/main/h/hello/hello.deb", Assert.Single(server.Requests).Path);
        Assert.Single(Files(folder), f => f.StartsWith("blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_resumed_where_it_broke_off()
    {
        using TempFolder folder = new();
        int count = 0;
        await using HostileServer server = new(async (request, stream, _) =>
        {
            if (Interlocked.Increment(ref count) == 1)
            {
                await HostileServer.ReplyAsync(stream, "200 OK", $"Content-Length: {Content.Length}\r\n", Content.AsMemory(0, 100_000));
                return;
            }

            await HostileServer.ServeAsync(request, stream, Content);
        });
        using ContentCache cache = ContentCache.Open(folder.Path);
        using ArchiveClient client = Client(cache, mirrors: server.Url);
        Assert.Equal(Content, await FetchAsync(client));
        Assert.Equal([0L, 100_000L], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task What_a_dead_process_fetched_is_gone_on_from_and_discarded_when_it_is_wrong()
    {
        foreach (bool right in new[] { true, false })
        {
            using TempFolder folder = new();
            await using HostileServer server = new((request, stream, _) => HostileServer.ServeAsync(request, stream, Content));
            using ContentCache cache = ContentCache.Open(folder.Path);
            Directory.CreateDirectory(folder.Combine("partial"));
            await System.IO.File.WriteAllBytesAsync(folder.Combine("partial", File.Sha256.Hex), right ? Content[..1_000] : new byte[1_000]);
            using ArchiveClient client = Client(cache, mirrors: server.Url);
            Assert.Equal(Content, await FetchAsync(client));
            Assert.Equal(right ? [1_000L] : [1_000L, 0L], server.Requests.Select(r => r.From));
        }
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_or_answers_with_others_still_gives_the_file()
    {
        foreach (string kind in new[] { "whole", "other", "416" })
        {
            using TempFolder folder = new();
            await using HostileServer server = new((request, stream, _) => request.From == 0 || kind == "whole" ? HostileServer.ServeAsync(request with { Headers = new Dictionary<string, string>() }, stream, Content)
                : kind == "416" ? HostileServer.ReplyAsync(stream, "416 Range Not Satisfiable", "Content-Length: 0\r\n", default)
                : HostileServer.ReplyAsync(stream, "206 Partial Content", $"Content-Range: bytes 5-{Content.Length - 1}/{Content.Length}\r\nContent-Length: {Content.Length - 5}\r\n", Content.AsMemory(5)));
            using ContentCache cache = ContentCache.Open(folder.Path);
            Directory.CreateDirectory(folder.Combine("partial"));
            await System.IO.File.WriteAllBytesAsync(folder.Combine("partial", File.Sha256.Hex), Content[..1_000]);
            using ArchiveClient client = Client(cache, mirrors: server.Url);
            Assert.Equal(Content, await FetchAsync(client));
        }
    }

    [Theory]
    [InlineData("wrong bytes")]
    [InlineData("longer, and says so")]
    [InlineData("shorter, and says so")]
    [InlineData("endless")]
    public async Task Other_content_than_was_signed_is_one_error_and_leaves_nothing(string kind)
    {
        using TempFolder folder = new();
        byte[] wrong = [.. Content];
        wrong[^1] ^= 1;
        await using HostileServer server = new(async (request, stream, token) =>
        {
            if (kind != "endless")
            {
                await HostileServer.ServeAsync(request, stream, kind == "wrong bytes" ? wrong : kind[0] == 'l' ? [.. Content, 0] : Content[..^1]);
                return;
            }

            await HostileServer.ReplyAsync(stream, "200 OK", "", default);
            while (true)
            {
                await stream.WriteAsync(Content, token);
            }
        });
        using ContentCache cache = ContentCache.Open(folder.Path);
        using ArchiveClient client = Client(cache, mirrors: server.Url);
        ArchiveFileMismatchException error = await Assert.ThrowsAsync<ArchiveFileMismatchException>(() => FetchAsync(client));
        Assert.Contains("hello 1.0-1", error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Url, error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.Empty(Files(folder));
    }

    [Theory]
    [InlineData("always cut")]
    [InlineData("silent")]
    [InlineData("503")]
    [InlineData("loop")]
    [InlineData("to a file")]
    [InlineData("garbage")]
    public async Task A_mirror_that_cannot_be_read_is_one_error_that_names_it(string kind)
    {
        using TempFolder folder = new();
        await using HostileServer server = new((request, stream, token) => kind switch
        {
            "always cut" => HostileServer.ReplyAsync(stream, "200 OK", $"Content-Length: {Content.Length}\r\n", Content.AsMemory(0, 10)),
            "silent" => Task.Delay(Timeout.Infinite, token),
            "503" => HostileServer.ReplyAsync(stream, "503 Service Unavailable", "Retry-After: 7\r\nContent-Length: 0\r\n", default),
            "loop" => HostileServer.ReplyAsync(stream, "302 Found", $"Location: {request.Path}\r\nContent-Length: 0\r\n", default),
            "to a file" => HostileServer.ReplyAsync(stream, "302 Found", "Location: file:///etc/passwd\r\nContent-Length: 0\r\n", default),
            _ => stream.WriteAsync(Content, token).AsTask(),
        });
        using ContentCache cache = ContentCache.Open(folder.Path);
        List<TimeSpan> waits = [];
        using ArchiveClient client = Client(cache, waits, mirrors: server.Url);
        MirrorUnreachableException error = await Assert.ThrowsAsync<MirrorUnreachableException>(() => FetchAsync(client));
        Assert.Contains(server.Url, error.Message, StringComparison.Ordinal);
        Assert.Equal(kind is "loop" or "to a file" ? 0 : 2, waits.Count);
        if (kind == "503")
        {
            Assert.All(waits, w => Assert.Equal(TimeSpan.FromSeconds(7), w));
        }
    }

    [Fact]
    public async Task A_file_that_one_mirror_lacks_comes_from_the_next_and_an_error_names_every_mirror()
    {
        using TempFolder folder = new(), second = new();
        await using HostileServer server = new((_, stream, _) => HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default));
        using ContentCache cache = ContentCache.Open(folder.Path);
        using (ArchiveClient client = Client(cache, mirrors: [server.Url, second.Path]))
        {
            ArchiveFileNotFoundException error = await Assert.ThrowsAsync<ArchiveFileNotFoundException>(() => FetchAsync(client));
            Assert.Contains("hello 1.0-1", error.Message, StringComparison.Ordinal);
            Assert.Contains(server.Url, error.Message, StringComparison.Ordinal);
            Assert.Contains(second.Path, error.Message, StringComparison.Ordinal);
        }

        Directory.CreateDirectory(second.Combine("pool/main/h/hello"));
        await System.IO.File.WriteAllBytesAsync(second.Combine("pool/main/h/hello/hello.deb"), Content);
        using ArchiveClient again = Client(cache, mirrors: [server.Url, "file://" + second.Path]);
        Assert.Equal(second.Path, await again.FindAsync(Archive, File, CancellationToken.None));
        Assert.Equal(Content, await FetchAsync(again));
    }

    [Fact]
    public async Task Offline_opens_no_connection()
    {
        using TempFolder folder = new();
        await using HostileServer server = new((request, stream, _) => HostileServer.ServeAsync(request, stream, Content));
        using ContentCache cache = ContentCache.Open(folder.Path);
        using ArchiveClient client = Client(cache, offline: true, mirrors: server.Url);
        await Assert.ThrowsAsync<OfflineUnavailableException>(() => FetchAsync(client));
        await Assert.ThrowsAsync<OfflineUnavailableException>(() => client.FetchReleaseAsync(Archive, "bookworm", CancellationToken.None));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_index_is_asked_for_by_hash_first()
    {
        using TempFolder folder = new();
        await using HostileServer server = new((request, stream, _) => request.Path.Contains("by-hash", StringComparison.Ordinal)
            ? HostileServer.ReplyAsync(stream, "404 Not Found", "Content-Length: 0\r\n", default)
            : HostileServer.ServeAsync(request, stream, Content));
        using ContentCache cache = ContentCache.Open(folder.Path);
        using ArchiveClient client = Client(cache, mirrors: server.Url);
        Assert.Equal(Content, await FetchAsync(client, File with { AlternativePath = "by-hash/SHA256/x" }));
        Assert.Equal(["/by-hash/SHA256/x", "/pool/main/h/hello/hello.deb"], server.Requests.Select(r => r.Path));
    }

    [Fact]
    public async Task Many_files_are_fetched_at_once_and_the_first_failure_in_order_is_told()
    {
        using TempFolder folder = new();
        byte[][] contents = [.. Enumerable.Range(0, 30).Select(i => RandomNumberGenerator.GetBytes(1_000 + i))];
        await using HostileServer server = new((request, stream, _) => HostileServer.ServeAsync(request, stream, contents[int.Parse(request.Path[1..], System.Globalization.CultureInfo.InvariantCulture)]));
        using ContentCache cache = ContentCache.Open(folder.Path);
        using ArchiveClient client = Client(cache, mirrors: server.Url);
        await client.FetchAllAsync([.. contents.Select((c, i) => (Archive, new ArchiveFile($"file {i}", $"{i}", c.Length, Digest.Of(c))))], "Downloading", 4, CancellationToken.None);
        Assert.Equal(30, Files(folder).Count(f => f.StartsWith("blobs/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Credentials_stay_with_their_server_and_out_of_messages()
    {
        using TempFolder folder = new();
        await using HostileServer other = new((request, stream, _) => HostileServer.ServeAsync(request, stream, Content));
        await using HostileServer server = new((request, stream, _) => HostileServer.ReplyAsync(stream, "302 Found", $"Location: {other.Url}/x\r\nContent-Length: 0\r\n", default));
        using ContentCache cache = ContentCache.Open(folder.Path);
        string url = server.Url.Replace("http://", "http://user:secret@", StringComparison.Ordinal);
        using ArchiveClient client = Client(cache, mirrors: url);
        Assert.Equal(Content, await FetchAsync(client));
        Assert.True(Assert.Single(server.Requests).Headers.ContainsKey("authorization"));
        Assert.False(Assert.Single(other.Requests).Headers.ContainsKey("authorization"));
        Assert.DoesNotContain("secret", Mirror.Parse(url, "debian", false, "")[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_download_that_hangs()
    {
        using TempFolder folder = new();
        using CancellationTokenSource stop = new();
        await using HostileServer server = new(async (_, _, token) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        });
        using ContentCache cache = ContentCache.Open(folder.Path);
        using ArchiveClient client = Client(cache, mirrors: server.Url);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.OpenAsync(Archive, File, stop.Token));
        Assert.Empty(Files(folder));
    }
}
