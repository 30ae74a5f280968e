using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>One request as it came.</summary>
internal sealed record HostileRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte asked for, or 0.</summary>
    public long From => Headers.TryGetValue("range", out string? range) ? long.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture) : 0;

    /// <summary>The fields that a form sent, or nothing.</summary>
    public string Form { get; init; } = "";
}

/// <summary>A server on loopback that writes whatever bytes a test tells it to, one connection a request.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly Func<HostileRequest, Stream, CancellationToken, Task> _answer;

    public HostileServer(Func<HostileRequest, Stream, CancellationToken, Task> answer, int port = 0)
    {
        _answer = answer;
        _server = new LoopbackServer(AnswerAsync, port);
    }

    /// <summary>The server's root.</summary>
    public string Url => $"http://127.0.0.1:{_server.Port}";

    /// <summary>Every request, in order.</summary>
    public ConcurrentQueue<HostileRequest> Requests { get; } = new();

    /// <summary>Writes a header and a body.</summary>
    public static async Task ReplyAsync(Stream stream, string status, string headers, ReadOnlyMemory<byte> body)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n"));
        await stream.WriteAsync(body);
    }

    /// <summary>Answers as an honest server would, ranges included.</summary>
    public static Task ServeAsync(HostileRequest request, Stream stream, byte[] content)
        => request.From > 0
            ? ReplyAsync(stream, "206 Partial Content", $"Content-Range: bytes {request.From}-{content.Length - 1}/{content.Length}\r\nContent-Length: {content.Length - request.From}\r\n", content.AsMemory((int)request.From))
            : ReplyAsync(stream, "200 OK", $"Content-Length: {content.Length}\r\n", content);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(TcpClient client, CancellationToken stop)
    {
        // Who speaks TLS to it is told by silence that it does not.
        byte[] peeked = new byte[1];
        if (await client.Client.ReceiveAsync(peeked, SocketFlags.Peek, stop) == 0 || peeked[0] == 0x16)
        {
            return;
        }

        NetworkStream stream = client.GetStream();
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string[] first = (await reader.ReadLineAsync(stop) ?? "GET / x").Split(' ');
        Dictionary<string, string> headers = new(StringComparer.Ordinal);
        while (await reader.ReadLineAsync(stop) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        HostileRequest request = new(first[0], first[1], headers) { Form = await FormAsync(reader, headers, stop) };
        Requests.Enqueue(request);
        await _answer(request, stream, stop);
    }

    private static async Task<string> FormAsync(StreamReader reader, Dictionary<string, string> headers, CancellationToken stop)
    {
        if (!headers.GetValueOrDefault("content-type", "").StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal))
        {
            return "";
        }

        char[] form = new char[int.Parse(headers["content-length"], System.Globalization.CultureInfo.InvariantCulture)];
        return new string(form, 0, await reader.ReadBlockAsync(form, stop));
    }
}
