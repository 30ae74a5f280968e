using BaseImage.Engine.Auditing;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>Says what went and why: a line a reason and package, and of files without a package a line a folder.</summary>
internal static class RemovalReport
{
    private const int FolderDepth = 3;

    /// <summary>What went, the largest first.</summary>
    /// <param name="files">The image's files.</param>
    /// <param name="plan">What goes.</param>
    /// <param name="setId">Files that lose a set-id bit.</param>
    /// <param name="stripped">Files of which a part goes, and its bytes.</param>
    public static IReadOnlyList<RemovedItem> Of(FileFacts files, RemovalPlan plan, IEnumerable<MergedFile> setId, IEnumerable<(MergedFile File, long Bytes)> stripped)
    {
        HashSet<MergedFileBody> counted = [.. plan.Kept.Select(file => file.Body)];
        List<(MergedFile File, RemovalReason Reason, long Bytes)> all = [];
        foreach ((MergedFile file, RemovalReason reason) in plan.Gone.OrderBy(pair => pair.Key.Path))
        {
            all.Add((file, reason, file.Entry.Kind is ImageFileKind.File && counted.Add(file.Body) ? file.Entry.Size : 0));
        }

        all.AddRange(setId.Select(file => (file, RemovalReason.SetId, 0L)));
        all.AddRange(stripped.Select(item => (item.File, RemovalReason.DebugData, item.Bytes)));
        return
        [
            .. all.GroupBy(item => (item.Reason, Package: files.Find(item.File.ToString())?.Package ?? "", Folder: files.Find(item.File.ToString())?.Package is { Length: > 0 } ? "" : Folder(item.File)))
                .Select(group => new RemovedItem
                {
                    Reason = group.Key.Reason,
                    Package = group.Key.Package,
                    Path = Common([.. group.Select(item => item.File.ToString())]),
                    Bytes = group.Sum(item => item.Bytes),
                    Paths = [.. group.Select(item => item.File.ToString()).Order(StringComparer.Ordinal)],
                })
                .OrderByDescending(item => item.Bytes).ThenBy(item => item.Reason).ThenBy(item => item.Package, StringComparer.Ordinal).ThenBy(item => item.Path, StringComparer.Ordinal),
        ];
    }

    private static string Folder(MergedFile file) => string.Join('/', file.Path.Parent.Components().Take(FolderDepth));

    // The folder that all lie below; of one, the path itself.
    private static string Common(IReadOnlyList<string> paths)
    {
        if (paths.Count == 1)
        {
            return paths[0];
        }

        string prefix = paths[0];
        foreach (string path in paths)
        {
            int same = prefix.AsSpan().CommonPrefixLength(path);
            prefix = prefix[..same];
        }

        int slash = prefix.LastIndexOf('/');
        return slash <= 0 ? "/" : prefix[..slash];
    }
}
