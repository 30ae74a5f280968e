namespace BaseImage.Documents;

/// <summary>Finds what was probably meant.</summary>
public static class NearestKey
{
    /// <summary>
    /// The candidate with the fewest insertions, deletions, replacements and swaps of neighbours (letter case not
    /// counted), if these are few for its length, or one that begins with the text or the other way about; else null.
    /// </summary>
    public static string? Find(string text, IEnumerable<string> candidates)
    {
        string wanted = text.ToLowerInvariant();
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in candidates)
        {
            string other = candidate.ToLowerInvariant();
            int distance = Distance(wanted, other);
            bool begins = Math.Min(wanted.Length, other.Length) >= 3
                && (wanted.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(wanted, StringComparison.Ordinal));
            if ((distance <= Math.Max(1, Math.Min(wanted.Length, other.Length) / 3) || begins) && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    // Optimal string alignment: Levenshtein's distance with swaps of neighbours. Long texts are no typing mistakes.
    private static int Distance(string a, string b)
    {
        if (a.Length > 64 || b.Length > 64)
        {
            return int.MaxValue;
        }

        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int replaced = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }
}
