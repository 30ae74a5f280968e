using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace BaseImage.Benchmarks;

/// <summary>
/// Copy-BaseImage of an image of 500 MB from a docker-registry on this machine to an image layout, against skopeo's time for the
/// same copy on the same disk. The layers are noise, so that neither gains by compressing.
/// </summary>
internal sealed class RegistryBenchmark(string folder, Door door) : IAsyncDisposable
{
    private const string Skopeo = "skopeo copy docker:// oci:";
    private static readonly int[] LayerMegabytes = [200, 120, 80, 60, 30, 10];
    private Process? _registry;
    private string _address = "";

    /// <summary>Starts the registry, fills it and gives the rows.</summary>
    internal async Task<IReadOnlyList<Row>> RowsAsync()
    {
        await StartAsync();
        string source = $"docker://{_address}/bench:1";
        Dictionary<string, string> none = [];
        return
        [
            new(Skopeo, run => Tool.MeasureAsync(none, folder, "skopeo", "copy", "-q", "--src-tls-verify=false", "--insecure-policy", source, $"oci:{Target(run, "skopeo")}:1")),
            new("Copy-BaseImage (session)", run => door.InProcessAsync($"$null = Copy-BaseImage '{source}' 'oci:{Target(run, "session")}:1' -Confirm:$false", Cache)) { Peer = Skopeo, Target = 1 / 1.3 },
            new("Copy-BaseImage (process)", run => door.WholeProcessAsync($"$null = Copy-BaseImage '{source}' 'oci:{Target(run, "process")}:1' -Confirm:$false", Cache)) { Peer = Skopeo, MaximumPeak = 250_000_000 },
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_registry is { } registry)
        {
            registry.Kill(entireProcessTree: true);
            await registry.WaitForExitAsync();
            registry.Dispose();
        }

        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    private string Root => Path.Combine(folder, "registry-bench");

    private string Cache => Path.Combine(Root, "cache");

    // A fresh folder a run: what a copy finds there it does not copy.
    private string Target(int run, string who)
    {
        string path = Path.Combine(Root, $"{who}-{run}");
        foreach (string old in Directory.EnumerateDirectories(Root, $"{who}-*"))
        {
            Directory.Delete(old, recursive: true);
        }

        return path;
    }

    private async Task StartAsync()
    {
        Directory.CreateDirectory(Root);
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            _address = $"127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        string config = Path.Combine(Root, "config.yml");
        await File.WriteAllTextAsync(config, $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {Path.Combine(Root, "data")}\nhttp:\n  addr: {_address}\n");
        _registry = Process.Start(new ProcessStartInfo("docker-registry", ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _registry.BeginErrorReadLine();
        _registry.BeginOutputReadLine();
        string layout = Path.Combine(Root, "layout");
        await FillAsync(layout);
        for (int i = 0; ; i++)
        {
            try
            {
                await Tool.RunAsync(new Dictionary<string, string>(), folder, "skopeo", "copy", "-q", "--dest-tls-verify=false", "--insecure-policy", $"oci:{layout}:1", $"docker://{_address}/bench:1");
                break;
            }
            catch (InvalidOperationException) when (i < 50)
            {
                await Task.Delay(100);
            }
        }

        Directory.Delete(layout, recursive: true);
    }

    // Layers that nobody unpacks need not be tars, but they are: each holds one file of noise.
    private static async Task FillAsync(string layout)
    {
        string blobs = Path.Combine(layout, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        Random random = new(500);
        List<string> layers = [], diffIds = [];
        foreach (int megabytes in LayerMegabytes)
        {
            byte[] noise = new byte[megabytes << 20];
            random.NextBytes(noise);
            string digest = Convert.ToHexString(SHA256.HashData(noise)).ToLowerInvariant();
            await File.WriteAllBytesAsync(Path.Combine(blobs, digest), noise);
            layers.Add($$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{{digest}}","size":{{noise.Length}}}""");
            diffIds.Add($"\"sha256:{digest}\"");
        }

        (string config, int configSize) = await AddAsync($$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', diffIds)}}}]}}""");
        (string manifest, int manifestSize) = await AddAsync($$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{{config}}}","size":{{{configSize}}}},"layers":[{{{string.Join(',', layers)}}}]}""");
        await File.WriteAllTextAsync(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), $$$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{manifest}}}","size":{{{manifestSize}}},"annotations":{"org.opencontainers.image.ref.name":"1"}}]}""");

        async Task<(string Digest, int Size)> AddAsync(string text)
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
            string digest = Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
            await File.WriteAllBytesAsync(Path.Combine(blobs, digest), bytes);
            return (digest, bytes.Length);
        }
    }
}
