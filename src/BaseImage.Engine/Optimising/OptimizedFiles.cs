using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>A file of an optimised image.</summary>
/// <param name="Entry">Its entry, times clamped.</param>
/// <param name="Source">The file whose bytes it has; null where it has none or they are made.</param>
/// <param name="Made">Bytes that were made; null for a file that is carried over.</param>
internal sealed record OptimizedFile(LayerEntry Entry, MergedFile? Source, byte[]? Made);

/// <summary>The files of an optimised image: what stays, with less in it, and the database of what packages are left.</summary>
internal static class OptimizedFiles
{
    private const int SetIds = 0xC00;
    private const int AnyExecute = 0x49;

    /// <summary>Puts them together, in the layer's order.</summary>
    /// <param name="image">The image as it was read.</param>
    /// <param name="plan">What stays.</param>
    /// <param name="keepSetId">Programs that keep their set-id bits.</param>
    /// <param name="epoch">The newest time, in seconds since 1970.</param>
    /// <param name="stripped">What files are to be instead, where they are stripped.</param>
    /// <param name="dropped">Told of files that lose a set-id bit.</param>
    public static IReadOnlyList<OptimizedFile> Make(InspectedImage image, RemovalPlan plan, PathSet keepSetId, long epoch, IReadOnlyDictionary<MergedFileBody, byte[]> stripped, Action<MergedFile> dropped)
    {
        SortedDictionary<LayerPath, OptimizedFile> files = [];
        Dictionary<MergedFileBody, LayerPath> first = [];
        foreach (MergedFile file in image.Merged.Files().Where(plan.Kept.Contains))
        {
            LayerEntry entry = file.Entry with { Path = file.Path, ModifiedTime = Math.Min(file.Entry.ModifiedTime, epoch) };
            if (!file.IsDirectory && entry.Kind is ImageFileKind.File && (entry.Mode & SetIds) != 0 && (entry.Mode & AnyExecute) != 0 && !keepSetId.Has(file.Path))
            {
                entry = entry with { Mode = entry.Mode & ~SetIds };
                dropped(file);
            }

            if (entry.Kind is not ImageFileKind.File)
            {
                files[file.Path] = new OptimizedFile(entry, null, null);
            }
            else if (first.TryGetValue(file.Body, out LayerPath other))
            {
                files[file.Path] = new OptimizedFile(entry with { Kind = ImageFileKind.HardLink, LinkTarget = other.Bytes, Size = 0, Xattrs = LayerEntry.NoXattrs }, null, null);
            }
            else
            {
                first[file.Body] = file.Path;
                files[file.Path] = stripped.TryGetValue(file.Body, out byte[]? less) ? new OptimizedFile(entry with { Size = less.Length }, null, less) : new OptimizedFile(entry, file, null);
            }
        }

        HashSet<string> whole = [.. plan.Kept.Where(file => !file.IsDirectory && !stripped.ContainsKey(file.Body)).Select(file => file.ToString())];
        HashSet<string> there = [.. plan.Kept.Where(file => !file.IsDirectory).Select(file => file.ToString())];
        foreach ((string path, byte[] content) in PackageRecords.Make(image, plan.Packages, there, whole))
        {
            Add(files, LayerPath.FromUtf8(path), content, epoch);
        }

        return [.. files.Values];
    }

    private static void Add(SortedDictionary<LayerPath, OptimizedFile> files, LayerPath path, byte[] content, long epoch)
    {
        for (LayerPath folder = path.Parent; !folder.IsRoot; folder = folder.Parent)
        {
            if (!files.ContainsKey(folder))
            {
                files[folder] = new OptimizedFile(new LayerEntry { Path = folder, Kind = ImageFileKind.Directory, Mode = 0x1ED, ModifiedTime = epoch }, null, null);
            }
        }

        files[path] = new OptimizedFile(new LayerEntry { Path = path, Kind = ImageFileKind.File, Mode = 0x1A4, Size = content.Length, ModifiedTime = epoch }, null, content);
    }
}
