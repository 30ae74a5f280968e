using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.Bases;

/// <summary>
/// Hides what the definition removes from the image that it is built on (OCI Image Specification 1.1, layer.md,
/// "Whiteouts"). The defaults are not applied to it: what a base has is its own maker's choice.
/// </summary>
internal static class BaseWhiteouts
{
    /// <summary>Adds a whiteout for each file of the base that a pattern names, and for directories as a whole where nothing is put into them.</summary>
    internal static void Add(ImageTree tree, PackageListing below, Removals removals)
    {
        HashSet<LayerPath> inUse = [];
        foreach (TreeEntry entry in tree.Others.Values.Concat(tree.Directories.Values).Where(entry => entry.Package != tree.BaseIndex))
        {
            for (LayerPath path = entry.Entry.Path; !path.IsRoot && inUse.Add(path); path = path.Parent)
            {
            }
        }

        HashSet<LayerPath> hidden = [];
        foreach (LayerEntry entry in below.Entries.Select(listed => listed.Entry))
        {
            if (hidden.Contains(entry.Path.Parent))
            {
                hidden.Add(entry.Path);
            }
            else if (!inUse.Contains(entry.Path) && (entry.Kind == ImageFileKind.Directory ? removals.IsWholeDirectoryRemoved(entry.Path) : removals.IsRemoved(entry.Path)))
            {
                hidden.Add(entry.Path);
                tree.AddWhiteout(entry.Path);
            }
        }
    }
}
