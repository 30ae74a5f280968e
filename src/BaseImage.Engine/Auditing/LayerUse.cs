using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing;

/// <summary>A regular file as one layer stores it.</summary>
/// <param name="Body">What is the same object for the file that a container sees.</param>
/// <param name="File">The file.</param>
/// <param name="Layer">The layer, counted from 0.</param>
/// <param name="Size">Its bytes.</param>
internal readonly record struct StoredFile(MergedFileBody Body, MergedFile File, int Layer, long Size);

/// <summary>A file that a layer stores and no container sees: a later layer overwrites or deletes it.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Layer">The layer that stores it.</param>
/// <param name="Size">Its bytes.</param>
internal sealed record HiddenFile(string Path, int Layer, long Size);

/// <summary>How the bytes of an image's layers are used, in dive's terms (github.com/wagoodman/dive, filetree/efficiency.go).</summary>
internal sealed record LayerUse
{
    /// <summary>Nothing known.</summary>
    public static LayerUse None { get; } = new();

    /// <summary>Bytes of regular files in each layer.</summary>
    public IReadOnlyList<long> Sizes { get; init; } = [];

    /// <summary>Files that no container sees, the largest first.</summary>
    public IReadOnlyList<HiddenFile> Hidden { get; init; } = [];

    /// <summary>Bytes of <see cref="Hidden"/>.</summary>
    public long Wasted { get; init; }

    /// <summary>Of all bytes the part that would be left if each path were stored once, at its smallest; 1 where nothing is stored.</summary>
    public double Efficiency { get; init; } = 1;

    /// <summary>The bytes that would be saved if each path were stored once, at its smallest.</summary>
    public long Lost { get; private init; }

    /// <summary><see cref="Wasted"/> as a part of the bytes of all layers but the first; 0 for a single layer.</summary>
    public double WastedRatio => Sizes.Skip(1).Sum() is > 0 and var user ? (double)Wasted / user : 0;

    /// <summary>Counts.</summary>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="stored">Every regular file of every layer.</param>
    /// <param name="visible">The bodies of the files that a container sees.</param>
    public static LayerUse Of(int layers, IReadOnlyList<StoredFile> stored, IReadOnlySet<MergedFileBody> visible)
    {
        long[] sizes = new long[layers];
        List<HiddenFile> hidden = [];
        HashSet<string> doubled = new(StringComparer.Ordinal);
        foreach (StoredFile file in stored)
        {
            sizes[file.Layer] += file.Size;
            if (!visible.Contains(file.Body))
            {
                string path = file.File.ToString();
                hidden.Add(new HiddenFile(path, file.Layer, file.Size));
                doubled.Add(path);
            }
        }

        long total = sizes.Sum(), lost = 0;
        if (hidden.Count > 0)
        {
            // A path that is gone in the end needs no bytes at all.
            HashSet<string> kept = new(stored.Where(file => visible.Contains(file.Body)).Select(file => file.File.ToString()).Where(doubled.Contains), StringComparer.Ordinal);
            lost = stored.Select(file => (Path: file.File.ToString(), file.Size)).Where(file => doubled.Contains(file.Path)).GroupBy(file => file.Path, StringComparer.Ordinal)
                .Sum(path => path.Sum(file => file.Size) - (kept.Contains(path.Key) ? path.Min(file => file.Size) : 0));
        }

        return new LayerUse
        {
            Sizes = sizes,
            Hidden = [.. hidden.OrderByDescending(file => file.Size).ThenBy(file => file.Path, StringComparer.Ordinal)],
            Wasted = hidden.Sum(file => file.Size),
            Lost = lost,
            Efficiency = total > 0 ? 1 - ((double)lost / total) : 1,
        };
    }

    /// <summary>The same with layers above that hide nothing of it, nor of themselves.</summary>
    /// <param name="sizes">Bytes of regular files in each of them.</param>
    public LayerUse With(IEnumerable<long> sizes)
    {
        long[] all = [.. Sizes, .. sizes];
        return this with { Sizes = all, Efficiency = all.Sum() is > 0 and var total ? 1 - ((double)Lost / total) : 1 };
    }
}
