using BaseImage.Documents;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// Puts a definition over the one it extends, node by node, so that every value keeps the place it was written at.
/// Tables are merged key by key. Of lists, <c>Remove</c>, <c>ExposedPorts</c> and <c>Volumes</c> are joined, and
/// <c>Files</c>, <c>Accounts</c>, <c>Archives</c> and <c>Env</c> are joined by path, name, id and variable, the extending
/// definition's entry winning. Everything else, <c>Platforms</c>, <c>Entrypoint</c> and <c>Cmd</c> included, is replaced.
/// <c>$null</c> takes away what the extended definition has. See docs/decisions/0004-definitions.md.
/// </summary>
internal static class DefinitionMerge
{
    private static readonly HashSet<string> Joined = new(["Remove", "ExposedPorts", "Volumes"], StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string> Keyed = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Files"] = "Path", ["Accounts"] = "Name", ["Archives"] = "Id", ["Env"] = "",
    };

    /// <summary>The extending table over the extended one; <c>Extends</c> itself is left out.</summary>
    public static DataTable Merge(DataTable extended, DataTable own) => Tables(Without(extended), Without(own));

    /// <summary>A table without <c>Extends</c>, which has done its work.</summary>
    public static DataTable Without(DataTable table)
        => table with { Entries = [.. table.Entries.Where(entry => !Same(entry.Key, "Extends"))] };

    private static DataTable Tables(DataTable extended, DataTable own)
    {
        List<DataEntry> entries = [.. extended.Entries];
        foreach (DataEntry entry in own.Entries)
        {
            int at = entries.FindIndex(other => Same(other.Key, entry.Key));
            if (at < 0)
            {
                entries.Add(entry);
            }
            else
            {
                entries[at] = entry with { Value = Values(entry.Key, entries[at].Value, entry.Value) };
            }
        }

        return own with { Entries = entries };
    }

    private static DataNode Values(string key, DataNode extended, DataNode own)
    {
        if (own is DataScalar { Value: null } || extended is DataScalar { Value: null } or DataRefused)
        {
            return own;
        }

        if (extended is DataTable table && own is DataTable over && !Keyed.ContainsKey(key))
        {
            return Tables(table, over);
        }

        if (!Joined.Contains(key) && !Keyed.ContainsKey(key))
        {
            return own;
        }

        List<DataNode> items = [.. Items(own)];
        HashSet<string> names = new(items.Select(item => Identity(key, item)).OfType<string>(), StringComparer.Ordinal);
        return new DataList(own.Position, [.. Items(extended).Where(item => Identity(key, item) is not { } name || !names.Contains(name)), .. items]);
    }

    private static string? Identity(string key, DataNode item) => (Keyed.GetValueOrDefault(key), item) switch
    {
        (null or "", DataScalar { Value: string text }) when Joined.Contains(key) => text,
        ("", DataScalar { Value: string text }) => text.Split('=')[0],
        ({ Length: > 0 } name, DataTable table) => table.Entries.FirstOrDefault(entry => Same(entry.Key, name))?.Value is DataScalar { Value: string text } ? text : null,
        _ => null,
    };

    private static IReadOnlyList<DataNode> Items(DataNode node) => node is DataList list ? list.Items : [node];

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
