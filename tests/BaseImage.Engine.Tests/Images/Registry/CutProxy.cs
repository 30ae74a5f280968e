using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>Stands between a client and a registry: counts the bytes that go each way, and cuts connections after as many as it is told.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly int _port;
    private long _sent;
    private long _received;
    private int _cuts;

    /// <summary>Makes one.</summary>
    /// <param name="port">The registry's.</param>
    public CutProxy(int port)
    {
        _port = port;
        _server = new LoopbackServer(ServeAsync);
    }

    /// <summary>How many bytes, both ways together, a new connection lives for; null for ever.</summary>
    public Func<long?> Life { get; set; } = () => null;

    public string Address => $"127.0.0.1:{_server.Port}";

    /// <summary>Bytes from the client to the registry.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Bytes from the registry to the client.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Connections that were cut.</summary>
    public int Cuts => _cuts;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using TcpClient server = new();
        await server.ConnectAsync(IPAddress.Loopback, _port, end.Token);
        (client.NoDelay, server.NoDelay) = (true, true);
        StrongBox<long> left = new(Life() ?? long.MaxValue);
        Task up = PumpAsync(client.GetStream(), server.GetStream(), left, count => Interlocked.Add(ref _sent, count), end);
        Task down = PumpAsync(server.GetStream(), client.GetStream(), left, count => Interlocked.Add(ref _received, count), end);
        await Task.WhenAll(up, down);
        if (client.Connected)
        {
            client.LingerState = new LingerOption(true, 0);
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, StrongBox<long> left, Action<long> count, CancellationTokenSource end)
    {
        byte[] buffer = new byte[16 << 10];
        try
        {
            while (true)
            {
                int read = await from.ReadAsync(buffer, end.Token);
                if (read == 0)
                {
                    break;
                }

                long rest = Interlocked.Add(ref left.Value, -read);
                int passed = rest < 0 ? (int)Math.Max(0, read + rest) : read;
                await to.WriteAsync(buffer.AsMemory(0, passed), end.Token);
                count(passed);
                if (rest < 0)
                {
                    Interlocked.Increment(ref _cuts);
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One of them has gone.
        }

        await end.CancelAsync();
    }
}
