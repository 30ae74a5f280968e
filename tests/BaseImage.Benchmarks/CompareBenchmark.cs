namespace BaseImage.Benchmarks;

/// <summary>
/// Compare-BaseImage on images of 1 GB: two that are identical, which no layer is read for, and two of which every fortieth
/// file differs, which are read whole; against <c>gzip -dc | sha256sum</c> on both layers.
/// </summary>
internal sealed class CompareBenchmark(string folder, CompareSet set, Door door)
{
    private const string Floor = "gzip -dc | sha256sum of both layers";

    /// <summary>The rows.</summary>
    internal IReadOnlyList<Row> Rows()
    {
        Dictionary<string, string> none = [];
        return
        [
            new(Floor, _ => Tool.MeasureAsync(none, folder, "sh", "-c", $"gzip -dc '{set.FirstLayer}' | sha256sum; gzip -dc '{set.OtherLayer}' | sha256sum")),
            new("identical (session)", _ => door.InProcessAsync(Compare(set.First, set.Same), Cache)) { MaximumSeconds = 1 },
            new("identical (process)", _ => door.WholeProcessAsync(Compare(set.First, set.Same), Cache)),
            new("different (session)", _ => door.InProcessAsync(Compare(set.First, set.Other), Cache)) { Peer = Floor },
            new("different (process)", _ => door.WholeProcessAsync(Compare(set.First, set.Other), Cache)) { Peer = Floor, MaximumPeak = 300_000_000 },
        ];
    }

    private string Cache => Path.Combine(folder, "compare-cache");

    private static string Compare(string left, string right) => $"$null = Compare-BaseImage 'oci:{left}' 'oci:{right}'";
}
