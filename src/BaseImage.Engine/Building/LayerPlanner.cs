using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// Cuts a finished file system into fragments: all directories; each package's other entries, packages in ordinal order
/// of names, paths sorted; everything that was made or added.
/// </summary>
internal static class LayerPlanner
{
    /// <summary>The first fragment's name. No package can have it: Debian's names have no space (Debian Policy, section 5.6.1).</summary>
    public const string Directories = "all directories";

    /// <summary>The last fragment's name.</summary>
    public const string Made = "made and added";

    /// <summary>Plans a layer.</summary>
    public static IReadOnlyList<FragmentPlan> Plan(ImageTree tree, Codec codec)
    {
        TreeEntry Clamp(TreeEntry entry)
            => entry.Entry.ModifiedTime <= tree.Epoch ? entry : entry with { Entry = entry.Entry with { ModifiedTime = tree.Epoch } };

        List<FragmentPlan> plans =
        [
            new(Directories, [.. tree.Directories.Values.Where(e => !e.Entry.Path.IsRoot && e.Package != tree.BaseIndex).OrderBy(e => e.Entry.Path).Select(Clamp)], false, codec),
        ];
        ILookup<int, TreeEntry> byPackage = tree.Others.Values.ToLookup(entry => entry.Package);
        foreach (int package in Enumerable.Range(0, tree.Packages.Count).OrderBy(i => tree.Packages[i].Name, StringComparer.Ordinal))
        {
            TreeEntry[] entries = SettleHardLinks(byPackage[package]).Select(Clamp).ToArray();
            if (entries.Length > 0)
            {
                plans.Add(new FragmentPlan(tree.Packages[package].Name, entries, false, codec));
            }
        }

        plans.Add(new FragmentPlan(Made, [.. byPackage[-1].OrderBy(e => e.Entry.Path).Select(Clamp)], true, codec));
        return plans;
    }

    // Of a file's names that are left, the first in order holds the content and the others are links to it.
    private static IEnumerable<TreeEntry> SettleHardLinks(IEnumerable<TreeEntry> entries)
    {
        Dictionary<int, LayerPath> first = [];
        foreach (TreeEntry entry in entries.OrderBy(e => e.Entry.Path))
        {
            if (entry.Entry.Kind == ImageFileKind.File && !first.TryAdd(entry.Listed, entry.Entry.Path))
            {
                LayerEntry link = entry.Entry with { Kind = ImageFileKind.HardLink, Size = 0, LinkTarget = first[entry.Listed].Bytes, Xattrs = LayerEntry.NoXattrs };
                yield return new TreeEntry(link, default, null) { Package = entry.Package, Listed = entry.Listed };
            }
            else
            {
                yield return entry;
            }
        }
    }
}
