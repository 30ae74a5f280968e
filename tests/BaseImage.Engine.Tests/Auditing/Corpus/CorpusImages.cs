using System.Net;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Tests.Engines;

namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>Images that Docker's own builder makes, without a network, on top of the BusyBox tree.</summary>
internal static class CorpusImages
{
    private const string Base = "localhost/corpus-base:1.0";

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly HashSet<string> Made = new(StringComparer.Ordinal);

    // Stand-ins for what is not in the image and cannot be fetched: history holds the line, whatever it did.
    private static readonly string[] Idle = ["apt-get", "apt", "apk", "sudo", "curl"];

    /// <summary>A value that looks as random as a secret, new in each run.</summary>
    internal static string Secret { get; } = "q8" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(19)) + "Z";

    /// <summary>Builds the Dockerfile that the rows of one group are, and saves the image.</summary>
    /// <param name="group">The group.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="folder">Where the image goes.</param>
    /// <returns>The image's reference.</returns>
    internal static async Task<string> ImageAsync(string group, IReadOnlyList<CorpusRow> rows, TempFolder folder)
    {
        TestEngine engine = await TestEngines.GetAsync("dockerd");
        await Gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (Made.Add(Base))
            {
                await BaseAsync(engine, folder);
            }

            using FileServer server = new("#!/bin/sh\n");
            string lines = string.Join('\n', rows.Select(row => row.How).Where(line => line.Length > 0))
                .Replace("{random}", Secret, StringComparison.Ordinal).Replace("{server}", server.Address, StringComparison.Ordinal);
            string name = $"localhost/corpus-{group}:{(group == "plain" ? "latest" : "1.0")}";
            await BuildAsync(engine, name, $"FROM {Base}\n{lines}\n", server);
            string path = folder.Combine(group + ".tar");
            await SaveAsync(engine, name, path);
            await engine.RemoveImageAsync(name);
            return "docker-archive:" + path;
        }
        finally
        {
            Gate.Release();
        }
    }

    private static async Task BaseAsync(TestEngine engine, TempFolder folder)
    {
        string tree = folder.Combine("base"), tar = folder.Combine("rootfs.tar");
        await Tools.RunAsync("cp", ["-a", await CorpusTrees.GetAsync("busybox"), tree]);
        foreach (string program in Idle)
        {
            string path = Path.Combine(tree, "usr", "bin", program);
            await File.WriteAllTextAsync(path, "#!/bin/sh\nexit 0\n", TestContext.Current.CancellationToken);
            await Tools.RunAsync("chmod", ["755", path]);
        }

        await Tools.RunAsync("tar", ["-C", tree, "--numeric-owner", "-cf", tar, "."]);
        byte[] context = TestEngineImage.Tar(("Dockerfile", "FROM scratch\nADD rootfs.tar /\nENV PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"u8.ToArray(), 0x1A4), ("rootfs.tar", await File.ReadAllBytesAsync(tar, TestContext.Current.CancellationToken), 0x1A4));
        await SendAsync(engine, Base, context);
        Directory.Delete(tree, recursive: true);
    }

    private static async Task BuildAsync(TestEngine engine, string name, string dockerfile, FileServer server)
    {
        byte[] big = RandomNumberGenerator.GetBytes(6_000_000);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Task serving = server.ServeAsync();
        await SendAsync(engine, name, TestEngineImage.Tar(
            ("Dockerfile", Encoding.UTF8.GetBytes(dockerfile), 0x1A4),
            ("plain", "plain\n"u8.ToArray(), 0x1A4),
            ("run.sh", "#!/bin/sh\nexec sleep 9\n"u8.ToArray(), 0x1ED),
            ("bash.sh", "#!/usr/bin/env bash\nexec sleep 9\n"u8.ToArray(), 0x1ED),
            ("key.pem", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), 0x180),
            ("big", dockerfile.Contains("COPY big", StringComparison.Ordinal) ? big : [], 0x1A4)));
        server.Stop();
        await serving;
    }

    private static async Task SendAsync(TestEngine engine, string name, byte[] context)
    {
        using ByteArrayContent content = new(context);
        content.Headers.ContentType = new("application/x-tar");
        (int status, string answer) = await engine.SendAsync(HttpMethod.Post, $"/build?t={Uri.EscapeDataString(name)}&networkmode=none&rm=1&forcerm=1", content);
        Assert.True(status == 200 && !answer.Contains("\"errorDetail\"", StringComparison.Ordinal), $"{name} was not built ({status}): {answer}");
    }

    private static async Task SaveAsync(TestEngine engine, string name, string path)
    {
        using HttpClient client = TestEngine.ClientOf(engine.SocketPath);
        await using Stream image = await client.GetStreamAsync($"/images/{name}/get", TestContext.Current.CancellationToken);
        await using FileStream file = File.Create(path);
        await image.CopyToAsync(file, TestContext.Current.CancellationToken);
    }

    /// <summary>Serves one text to whoever asks, on this machine alone.</summary>
    private sealed class FileServer : IDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _answer;

        public FileServer(string text)
        {
            _answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\nLast-Modified: Fri, 02 Jan 2026 03:04:05 GMT\r\nConnection: close\r\n\r\n{text}");
            _listener.Start();
        }

        public string Address => $"http://{_listener.LocalEndpoint}";

        public async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using System.Net.Sockets.TcpClient client = await _listener.AcceptTcpClientAsync();
                    await using System.Net.Sockets.NetworkStream stream = client.GetStream();
                    _ = await stream.ReadAsync(new byte[4096]);
                    await stream.WriteAsync(_answer);
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // Stopped.
            }
        }

        public void Stop() => _listener.Stop();

        public void Dispose() => _listener.Dispose();
    }
}
