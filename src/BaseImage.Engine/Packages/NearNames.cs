namespace BaseImage.Engine.Packages;

/// <summary>Names that a mistyped one may have meant.</summary>
internal static class NearNames
{
    /// <summary>At most three names within two edits, the nearest first.</summary>
    public static List<string> Find(string name, IEnumerable<string> names)
        => [.. names.Where(n => Math.Abs(n.Length - name.Length) <= 2)
            .Select(n => (Name: n, Distance: Distance(name, n)))
            .Where(n => n.Distance <= (name.Length < 4 ? 1 : 2))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(3).Select(n => n.Name)];

    // Levenshtein's distance over two rows.
    private static int Distance(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            }

            above = row;
        }

        return above[^1];
    }
}
