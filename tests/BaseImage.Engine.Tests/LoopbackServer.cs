using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BaseImage.Engine.Tests;

/// <summary>A server on loopback that serves each connection as it is told, until it is disposed of; clients that go away are what most of its tests are after.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<TcpClient, CancellationToken, Task> _serve;
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Task _loop;

    /// <summary>Starts it.</summary>
    /// <param name="serve">Serves one connection, which is closed when it is done.</param>
    /// <param name="port">Its port; 0 for any that is free.</param>
    public LoopbackServer(Func<TcpClient, CancellationToken, Task> serve, int port = 0)
    {
        _serve = serve;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = LoopAsync();
    }

    public int Port { get; }

    /// <summary>A port that is free now, for servers that have to be told theirs.</summary>
    public static int FreePort()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>Waits until a server that was started as a process answers, whatever it says; false where it does not within ten seconds.</summary>
    public static async Task<bool> AnswersAsync(string url, HttpMessageHandler handler)
    {
        using HttpClient http = new(handler);
        for (int i = 0; i < 200; i++)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(url, TestContext.Current.CancellationToken);
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                _running.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException || (e is InvalidOperationException && _stop.IsCancellationRequested))
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _serve(client, _stop.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone, or was not let in.
            }
        }
    }
}
