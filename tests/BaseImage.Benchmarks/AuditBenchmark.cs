using System.Diagnostics;

namespace BaseImage.Benchmarks;

/// <summary>
/// Test-BaseImage with every static rule: cold against <c>gzip -dc | sha256sum</c> on the same layer, warm with the
/// facts of the layer kept, 50 images of a real dockerd that share a base against one of them, and an image of 1 GB.
/// </summary>
internal sealed class AuditBenchmark(string folder, AuditSet set, Door door) : IAsyncDisposable
{
    private const string Floor = "gzip -dc | sha256sum of the layer", One = "1 engine image, cold (process)";

    private readonly string _engine = Path.Combine(Path.GetTempPath(), "bi-bench-engine");
    private Process? _dockerd;

    /// <summary>The rows; starts dockerd where there is one.</summary>
    internal async Task<IReadOnlyList<Row>> RowsAsync()
    {
        Dictionary<string, string> none = [];
        string kept = Path.Combine(folder, "audit-kept");
        List<Row> rows =
        [
            new(Floor, _ => Tool.MeasureAsync(none, folder, "sh", "-c", $"gzip -dc '{set.BaseLayer}' | sha256sum")),
            new("audit, warm (session)", _ => door.InProcessAsync(Audit($"oci:{set.Base}"), kept)) { Peer = Floor, MaximumSeconds = 0.3 },
            // Of its own process: a session still knows a layer that it has looked at, whatever the cache.
            new("audit, cold (process)", number => door.WholeProcessAsync(Audit($"oci:{set.Base}"), Cold(number))) { Peer = Floor, Target = 1 / 1.5 },
            new("1 GB, cold (process)", number => door.WholeProcessAsync(Audit($"oci:{set.Large}"), Cold(number))) { MaximumPeak = 300_000_000 },
        ];
        if (await StartAsync())
        {
            string host = $"-DockerHost 'unix://{Path.Combine(_engine, "e.sock")}'";
            string all = string.Join(", ", Enumerable.Range(0, AuditSet.Images).Select(i => $"'bench{i}:1'"));
            rows.Add(new Row(One, number => door.WholeProcessAsync(Audit($"bench0:1 {host}"), Cold(number))));
            rows.Add(new Row($"{AuditSet.Images} that share a base, cold (process)", number => door.WholeProcessAsync(Audit($"{all} {host}"), Cold(number))) { Peer = One, Target = 0.5 });
            rows.Add(new Row($"{AuditSet.Images} that share a base, warm (session)", number => door.InProcessAsync(Audit($"{all} {host}"), kept)) { Peer = One });
        }

        return rows;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_dockerd is not null)
        {
            using Process kill = Process.Start("kill", ["-TERM", _dockerd.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await _dockerd.WaitForExitAsync();
            _dockerd.Dispose();
        }

        foreach (string used in Directory.EnumerateDirectories(folder, "audit-cold-*").Append(_engine).Where(Directory.Exists))
        {
            Directory.Delete(used, recursive: true);
        }
    }

    private static string Audit(string image) => $"$null = Test-BaseImage {image}";

    private string Cold(int number) => Path.Combine(folder, $"audit-cold-{number}-{Guid.NewGuid():N}");

    private async Task<bool> StartAsync()
    {
        if (!File.Exists("/usr/sbin/dockerd") && !File.Exists("/usr/bin/dockerd"))
        {
            return false;
        }

        Directory.CreateDirectory(_engine);
        await File.WriteAllTextAsync(Path.Combine(_engine, "daemon.json"), "{}");
        string socket = Path.Combine(_engine, "e.sock");
        _dockerd = Process.Start(new ProcessStartInfo("dockerd",
        [
            "--data-root", Path.Combine(_engine, "data"), "--exec-root", Path.Combine(_engine, "exec"), "--pidfile", Path.Combine(_engine, "pid"),
            "-H", "unix://" + socket, "--bridge", "none", "--iptables=false", "--config-file", Path.Combine(_engine, "daemon.json"), "-l", "error",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _dockerd.BeginErrorReadLine();
        _dockerd.BeginOutputReadLine();
        for (int i = 0; !File.Exists(socket) && i < 300; i++)
        {
            await Task.Delay(100);
        }

        await Tool.RunAsync(new Dictionary<string, string>(), folder, "curl", "-sS", "--fail", "--unix-socket", socket, "-X", "POST", "-H", "Content-Type: application/x-tar", "-T", set.Archive, "http://engine/images/load?quiet=1");
        return true;
    }
}
