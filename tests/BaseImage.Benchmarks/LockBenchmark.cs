using System.Globalization;
using BaseImage.Engine.Definitions;

namespace BaseImage.Benchmarks;

/// <summary>
/// Locking the set's definition for both platforms from the local mirror: from an empty cache, with the indexes kept, and
/// where nothing has changed. The peer is the first, so that the table says what the cache is worth; the peak is the whole
/// process's.
/// </summary>
internal sealed class LockBenchmark(string folder, BuildSet set, Door door)
{
    private const string Peer = "lock, empty cache (process)";

    private string Definition => Path.Combine(folder, "lock-definition");

    internal async Task<IEnumerable<Row>> RowsAsync()
    {
        // A mirror that was saved long ago is judged at its own time.
        ImageLock imageLock = await new LockReader().ReadAsync(Directory.GetFiles(set.Definition, "*.lock.json")[0], CancellationToken.None);
        string line = $"Update-BaseImageLock '{Definition}' -Mirror '{set.Mirror}' -Offline -AsOf {imageLock.SnapshotTime.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}";
        return Rows(line);
    }

    private IEnumerable<Row> Rows(string line)
    {
        yield return new Row("start-up alone", _ => door.WholeProcessAsync("1", Path.Combine(folder, "unused")));
        foreach ((string how, Func<string, string, Task<Sample>> run) in new (string, Func<string, string, Task<Sample>>)[] { ("process", door.WholeProcessAsync), ("session", door.InProcessAsync) })
        {
            string kept = Path.Combine(folder, $"lock-cache-{how}");
            yield return new Row($"lock, empty cache ({how})", number =>
            {
                Prepare(keepLock: false);
                return run(line, Path.Combine(folder, $"lock-cold-{how}-{number}"));
            })
            { Peer = how == "process" ? null : Peer };
            yield return new Row($"lock, indexes kept ({how})", _ =>
            {
                Prepare(keepLock: false);
                return run(line, kept);
            })
            { Peer = Peer };
            yield return new Row($"lock, nothing changed ({how})", _ =>
            {
                Prepare(keepLock: true);
                return run(line, kept);
            })
            { Peer = Peer };
        }
    }

    private void Prepare(bool keepLock)
    {
        if (keepLock)
        {
            return;
        }

        if (Directory.Exists(Definition))
        {
            Directory.Delete(Definition, recursive: true);
        }

        foreach (string file in Directory.EnumerateFiles(set.Definition, "*", SearchOption.AllDirectories).Where(f => !f.Contains(".lock.", StringComparison.Ordinal)))
        {
            string target = Path.Combine(Definition, Path.GetRelativePath(set.Definition, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        foreach (string cold in Directory.EnumerateDirectories(folder, "lock-cold-*"))
        {
            Directory.Delete(cold, recursive: true);
        }
    }
}
