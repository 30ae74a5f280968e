using System.Net.Sockets;
using System.Text;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>A socket before a real engine that passes everything on and counts it.</summary>
internal sealed class EngineFront : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-front-").FullName;
    private readonly string _behind;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly List<string> _requests = [];
    private long _sent;

    internal EngineFront(string socketBehind)
    {
        _behind = socketBehind;
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    internal string SocketPath => Path.Combine(_folder, "e.sock");

    internal string Host => "unix://" + SocketPath;

    /// <summary>Bytes that the engine has sent.</summary>
    internal long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>The first line of every request.</summary>
    internal IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Requests for layers.</summary>
    internal IReadOnlyList<string> Exports => [.. Requests.Where(line => line.Contains("/images/get", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                _ = RelayAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using Socket engine = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await engine.ConnectAsync(new UnixDomainSocketEndPoint(_behind), _stop.Token);
                await Task.WhenAny(PassAsync(client, engine, NoteRequest), PassAsync(engine, client, piece => Interlocked.Add(ref _sent, piece.Length)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Either side has gone; so does the other.
            }
        }
    }

    // A request's head is written in one piece.
    private void NoteRequest(ReadOnlyMemory<byte> piece)
    {
        string line = Encoding.Latin1.GetString(piece.Span[..Math.Min(piece.Length, 8192)]).Split("\r\n")[0];
        if (line.EndsWith(" HTTP/1.1", StringComparison.Ordinal))
        {
            lock (_requests)
            {
                _requests.Add(line);
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> note)
    {
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = await from.ReceiveAsync(buffer, SocketFlags.None, _stop.Token)) > 0;)
        {
            note(buffer.AsMemory(0, read));
            for (int sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, _stop.Token);
            }
        }
    }
}
