using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>
/// An engine that lies: a small HTTP server on a socket whose answers a test chooses, and which otherwise answers as a
/// Docker engine that holds one image does.
/// </summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    internal const string Version = """{"Version":"20.10.24","ApiVersion":"1.41","Os":"linux","Arch":"amd64"}""";
    internal const string Info = """{"OSType":"linux","Architecture":"x86_64","CgroupVersion":"2","DriverStatus":[["Backing Filesystem","extfs"]]}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-fake-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    internal FakeEngine()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "e.sock")));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    internal string Host => "unix://" + Path.Combine(_folder, "e.sock");

    /// <summary>The image that it has.</summary>
    internal TestEngineImage Image { get; } = TestEngineImage.Of([TestEngineImage.Tar("etc/fake", "fake")], """{"User":"1:1"}""", "fake:it");

    /// <summary>Answers by the request's method and path without its query, as in <c>GET /version</c>.</summary>
    internal Dictionary<string, Func<FakeAnswer>> Answers { get; } = new(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private FakeAnswer Answer(string request)
    {
        if (Answers.TryGetValue(request, out Func<FakeAnswer>? chosen))
        {
            return chosen();
        }

        string diffIds = string.Join(',', Image.Layers.Select(layer => $"\"{Digest.Of(layer)}\""));
        return request switch
        {
            "GET /version" => FakeAnswer.Json(Version),
            "GET /info" => FakeAnswer.Json(Info),
            "GET /images/json" => FakeAnswer.Json($$"""[{"Id":"{{Image.Id}}","RepoTags":["fake:it"],"RepoDigests":[],"Size":10,"Created":1}]"""),
            "GET /images/get" => new FakeAnswer(200, "application/x-tar", Image.Archive),
            "POST /images/load" => FakeAnswer.Json($$"""{"stream":"Loaded image ID: {{Image.Id}}\n"}"""),
            _ when request.EndsWith("/history", StringComparison.Ordinal) => FakeAnswer.Json("[]"),
            _ when request == $"GET /images/{Image.Id}/json" || request == "GET /images/fake:it/json" => FakeAnswer.Json($$$"""{"Id":"{{{Image.Id}}}","RepoTags":["fake:it"],"RepoDigests":[],"Created":"2026-01-02T03:04:05Z","Os":"linux","Architecture":"amd64","Size":10,"Config":{"User":"1:1"},"RootFS":{"Type":"layers","Layers":[{{{diffIds}}}]}}"""),
            _ => new FakeAnswer(404, "application/json", """{"message":"no such thing"}"""u8.ToArray()),
        };
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using NetworkStream stream = new(client, ownsSocket: true);
        try
        {
            while (await ReadRequestAsync(stream) is { } request)
            {
                if (!await Answer(request).WriteAsync(stream, _stop.Token))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The client has heard enough.
        }
    }

    private async Task<string?> ReadRequestAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.Latin1.GetString([.. head]).Split("\r\n");
        string? length = lines.FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        if (length is not null)
        {
            long left = long.Parse(length[15..].Trim(), CultureInfo.InvariantCulture);
            byte[] body = new byte[1 << 16];
            while (left > 0)
            {
                int read = await stream.ReadAsync(body.AsMemory(0, (int)Math.Min(body.Length, left)), _stop.Token);
                left = read == 0 ? 0 : left - read;
            }
        }
        else if (lines.Any(line => line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase)))
        {
            List<byte> tail = [];
            while (tail.Count < 5 || !tail[^5..].SequenceEqual("0\r\n\r\n"u8.ToArray()))
            {
                if (await stream.ReadAsync(one, _stop.Token) == 0)
                {
                    break;
                }

                tail.Add(one[0]);
                if (tail.Count > 64)
                {
                    tail.RemoveRange(0, 32);
                }
            }
        }

        string[] words = lines[0].Split(' ');
        return $"{words[0]} {Uri.UnescapeDataString(words[1].Split('?')[0])}";
    }
}

/// <summary>An answer of a fake engine.</summary>
internal sealed record FakeAnswer(int Status, string Type, byte[] Body)
{
    /// <summary>Further lines of the head.</summary>
    internal string Head { get; init; } = "";

    /// <summary>What the head promises; the body's own length where it is null.</summary>
    internal long? Length { get; init; }

    /// <summary>Raw bytes instead of HTTP.</summary>
    internal byte[]? Raw { get; init; }

    /// <summary>The body without end instead of once.</summary>
    internal bool Endless { get; init; }

    /// <summary>Says nothing more after the body, and keeps the connection.</summary>
    internal bool Hangs { get; init; }

    internal static FakeAnswer Json(string text) => new(200, "application/json", Encoding.UTF8.GetBytes(text));

    /// <returns>True where another request may follow.</returns>
    internal async Task<bool> WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (Raw is { } raw)
        {
            await stream.WriteAsync(raw, cancellationToken);
        }
        else
        {
            string length = Endless ? "" : $"Content-Length: {Length ?? Body.Length}\r\n";
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {Status} X\r\nContent-Type: {Type}\r\n{length}{Head}{(Endless ? "Connection: close\r\n" : "")}\r\n"), cancellationToken);
            do
            {
                await stream.WriteAsync(Body, cancellationToken);
            }
            while (Endless);
        }

        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return Raw is null && (Length is null || Length == Body.Length);
    }
}
