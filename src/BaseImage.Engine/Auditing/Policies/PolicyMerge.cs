using BaseImage.Documents;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>
/// Puts a policy over the one it extends, node by node, so that every value keeps the place it was written at: tables key
/// by key, suppressions one after the other, everything else replaced. <c>$null</c> takes away what the extended policy has.
/// </summary>
internal static class PolicyMerge
{
    // What stands at the top of a file and speaks of the file itself.
    private static readonly string[] OfTheFile = ["Extends", "Images", "Final", "Description"];

    /// <summary>A table without the keys that speak of its file.</summary>
    public static DataTable Settings(DataTable table)
        => table with { Entries = [.. table.Entries.Where(entry => !OfTheFile.Contains(entry.Key, StringComparer.OrdinalIgnoreCase))] };

    /// <summary>A table over another.</summary>
    public static DataTable Over(DataTable under, DataTable over)
    {
        List<DataEntry> entries = [.. under.Entries];
        foreach (DataEntry entry in over.Entries)
        {
            int at = entries.FindIndex(other => Same(other.Key, entry.Key));
            if (at < 0)
            {
                entries.Add(entry);
            }
            else
            {
                entries[at] = entry with { Value = Value(entry.Key, entries[at].Value, entry.Value) };
            }
        }

        return over with { Entries = entries };
    }

    /// <summary>A table's value of a key, whatever its letter case; null where there is none.</summary>
    public static DataNode? Find(DataTable table, string key) => table.Entries.FirstOrDefault(entry => Same(entry.Key, key))?.Value;

    private static DataNode Value(string key, DataNode under, DataNode over) => (under, over) switch
    {
        (DataTable first, DataTable second) when !Same(key, "Suppressions") => Over(first, second),
        (not DataScalar { Value: null }, not DataScalar { Value: null }) when Same(key, "Suppressions") => new DataList(over.Position, [.. Items(under), .. Items(over)]),
        _ => over,
    };

    private static IReadOnlyList<DataNode> Items(DataNode node) => node is DataList list ? list.Items : [node];

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
