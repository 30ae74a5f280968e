namespace BaseImage.Engine.Auditing;

/// <summary>Patterns over names and paths. Linear in time and space for any pattern: they come from files.</summary>
internal static class Wildcard
{
    /// <summary>Matches a whole name: <c>*</c> any characters, <c>?</c> one character; letter case not counted.</summary>
    public static bool IsMatch(string pattern, string name) => Match(pattern.ToUpperInvariant(), name.ToUpperInvariant(), crossesFolders: true);

    /// <summary>
    /// Matches a whole path: <c>**</c> any characters, <c>*</c> any but '/', <c>?</c> one but '/'; letter case counts.
    /// <c>/a/**</c> matches <c>/a</c> as well as all below it.
    /// </summary>
    public static bool IsPathMatch(string pattern, string path)
        => Match(pattern, path, crossesFolders: false)
            || (pattern.EndsWith("/**", StringComparison.Ordinal) && Match(pattern[..^3], path, crossesFolders: false));

    private static bool Match(string pattern, string text, bool crossesFolders)
    {
        // One set of reachable places in the text for each place in the pattern.
        bool[] reached = new bool[text.Length + 1], next = new bool[text.Length + 1];
        reached[0] = true;
        for (int p = 0; p < pattern.Length; p++)
        {
            Array.Clear(next);
            char c = pattern[p];
            bool isDeep = crossesFolders || (c == '*' && p + 1 < pattern.Length && pattern[p + 1] == '*');
            if (c == '*')
            {
                while (p + 1 < pattern.Length && pattern[p + 1] == '*')
                {
                    p++;
                }

                bool open = false;
                for (int i = 0; i <= text.Length; i++)
                {
                    open = reached[i] || (open && i > 0 && (isDeep || text[i - 1] != '/'));
                    next[i] = open;
                }
            }
            else
            {
                for (int i = 0; i < text.Length; i++)
                {
                    next[i + 1] = reached[i] && (c == text[i] || (c == '?' && (crossesFolders || text[i] != '/')));
                }
            }

            (reached, next) = (next, reached);
        }

        return reached[text.Length];
    }
}
