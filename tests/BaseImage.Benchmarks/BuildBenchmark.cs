namespace BaseImage.Benchmarks;

/// <summary>
/// Building, against mmdebstrap --variant=extract of the same packages from a local archive through gzip -6, on the same
/// file system, and against the floor: the same packages' data through xz and gzip, and their SHA-256.
/// </summary>
internal sealed class BuildBenchmark(string folder, BuildSet set, Door door)
{
    private const string Peer = "mmdebstrap | gzip -6";
    private const string OnlyAmd64 = "-Platform linux/amd64";

    internal IEnumerable<Row> Rows()
    {
        yield return new Row(Peer, _ => PeerAsync("gzip -6"));
        yield return new Row("mmdebstrap | zstd -3", _ => PeerAsync("zstd -3 -q"));
        yield return new Row("floor: xz -dc | gzip -6", _ => ShellAsync($"for deb in {set.Flat}/*.deb; do ar p $deb data.tar.xz | xz -dc; done | gzip -6 > floor.gz", "floor.gz"));
        yield return new Row("floor: SHA-256 of the .debs", _ => ShellAsync($"cat {set.Flat}/*.deb | sha256sum", null));
        yield return new Row("start-up alone", _ => door.WholeProcessAsync("1", Path.Combine(folder, "unused")));
        foreach ((string how, Func<string, string, Task<Sample>> run) in new (string, Func<string, string, Task<Sample>>)[] { ("process", door.WholeProcessAsync), ("session", door.InProcessAsync) })
        {
            bool process = how == "process";
            // An earlier run's cache has seen its changed packages.
            Delete(Path.Combine(folder, $"warm-{how}"));
            yield return Cold($"cold, gzip ({how})", OnlyAmd64, run, process ? 1.8 : 0);
            yield return Cold($"cold, zstd ({how})", OnlyAmd64 + " -Compression zstd", run, process ? 3.5 : 0);
            yield return Cold($"cold, two platforms, gzip ({how})", "", run, 0);
            yield return Warm($"warm, gzip ({how})", $"warm-{how}", run, process ? 0 : 20);
            yield return OneChanged($"one package changed, gzip ({how})", $"warm-{how}", run, process ? 5 : 0);
        }
    }

    private Row Cold(string name, string options, Func<string, string, Task<Sample>> run, double target) => new(name, async number =>
    {
        string cache = Path.Combine(folder, $"cold-{number}"), layout = Path.Combine(folder, "layout");
        Delete(cache);
        Delete(layout);
        Sample sample = await run(Line(set.Definition, options, layout), cache);
        sample = sample with { OutputBytes = LargestBlob(layout) };
        Delete(cache);
        return sample;
    })
    { Peer = Peer, Target = target };

    private Row Warm(string name, string cache, Func<string, string, Task<Sample>> run, double target) => new(name, async number =>
    {
        string layout = Path.Combine(folder, "layout");
        Delete(layout);
        return await run(Line(set.Definition, OnlyAmd64, layout), Path.Combine(folder, cache)) with { OutputBytes = LargestBlob(layout) };
    })
    { Peer = Peer, Target = target };

    // The row before has warmed the cache; every run has a package that was never seen.
    private Row OneChanged(string name, string cache, Func<string, string, Task<Sample>> run, double target) => new(name, async number =>
    {
        string layout = Path.Combine(folder, "layout");
        Delete(layout);
        return await run(Line(set.ChangedDefinition(number), OnlyAmd64, layout), Path.Combine(folder, cache)) with { OutputBytes = LargestBlob(layout) };
    })
    { Peer = Peer, Target = target };

    private Task<Sample> PeerAsync(string compressor) => ShellAsync(
        $"mmdebstrap --quiet --variant=extract --include={set.Names} bookworm - 'deb [trusted=yes] copy:{set.Flat} ./' | {compressor} > peer.out", "peer.out");

    // mmdebstrap unpacks below TMPDIR: on the same file system as everything else here.
    private async Task<Sample> ShellAsync(string script, string? output)
    {
        Sample sample = await Tool.MeasureAsync(new Dictionary<string, string> { ["TMPDIR"] = folder }, folder, "bash", "-o", "pipefail", "-c", script);
        return output is null ? sample : sample with { OutputBytes = new FileInfo(Path.Combine(folder, output)).Length };
    }

    private string Line(string definition, string options, string layout)
        => $"Build-BaseImage '{definition}' {options} -Mirror '{set.Mirror}' -Offline -Destination 'oci:{layout}:latest'";

    private static long LargestBlob(string layout) => Directory.EnumerateFiles(Path.Combine(layout, "blobs", "sha256")).Max(file => new FileInfo(file).Length);

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
