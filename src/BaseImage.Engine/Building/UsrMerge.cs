using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// The links that the root of every image has. <c>/bin</c>, <c>/sbin</c> and <c>/lib</c> lead below <c>/usr</c>, as do
/// <c>/lib64</c> where the architecture has it and the rarer ones where a package ships something in them (Debian's
/// usrmerge; Debian 12 ships neither the links nor merged paths, Debian 13 both). <c>/var/run</c> and <c>/var/lock</c>
/// lead to <c>/run</c>, as the script of base-files makes them (Filesystem Hierarchy Standard 3.0, section 5.13).
/// </summary>
internal static class UsrMerge
{
    // Where the psABI puts the dynamic loader into /lib64.
    private static readonly HashSet<string> WithLib64 = new(StringComparer.Ordinal) { "amd64", "ppc64el", "loong64", "mips64el" };
    private static readonly string[] Optional = ["lib32", "lib64", "libo32", "libx32"];

    /// <summary>The links, for an architecture in Debian's names and for what packages ship.</summary>
    public static IReadOnlyList<LayerEntry> Links(string? architecture, IEnumerable<PackageListing> packages, long time)
    {
        SortedSet<string> names = new(StringComparer.Ordinal) { "bin", "sbin", "lib" };
        if (architecture is not null && WithLib64.Contains(architecture))
        {
            names.Add("lib64");
        }

        LayerPath[] optional = Optional.Select(LayerPath.FromUtf8).ToArray();
        LayerPath[] merged = Optional.Select(name => LayerPath.FromUtf8("usr/" + name)).ToArray();
        foreach (ListedEntry listed in packages.SelectMany(package => package.Entries))
        {
            for (int i = 0; i < optional.Length; i++)
            {
                LayerPath path = listed.Entry.Path;
                if (path == optional[i] || path.IsBelow(optional[i]) || path == merged[i] || path.IsBelow(merged[i]))
                {
                    names.Add(Optional[i]);
                }
            }
        }

        return
        [
            .. names.Select(name => LayerEntry.SymbolicLink(name, "usr/" + name, time)),
            LayerEntry.SymbolicLink("var/lock", "/run/lock", time),
            LayerEntry.SymbolicLink("var/run", "/run", time),
        ];
    }
}
